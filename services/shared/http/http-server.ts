import type { Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import { fastify } from 'fastify'
import { CodedError, toAppError } from '#contracts/errors.ts'
import type { PartState } from '../lifecycle/lifecycle.ts'
import type { Log } from '../log/log.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { ServerCertificate } from '../tls/certificate.ts'

export interface HttpServerDeps {
  certificate: Pick<ServerCertificate, 'cert' | 'key'>
  metrics: Metrics
  log: Log
  /** What `/readyz` reports. Ready is: all of them run. */
  states: () => { name: string; state: PartState }[]
  limits?: Partial<ConnectionLimits>
}

/** What connections may take of the server, above all those that never become a socket of signaling. */
export interface ConnectionLimits {
  /** For a TLS handshake, and for a request from its first byte to its last; signaling ends those that send no byte. */
  slowestClientMs: number
  /** Without a request, after the one before was answered. */
  keepAliveMs: number
  maxConnections: number
  /** Of one address, upgraded or not. */
  maxPerAddress: number
  /** Of this machine, where a reverse proxy or a second app may stand for many. */
  maxOfLoopback: number
}

export interface HttpServer {
  /** For those who speak something else over the same port: signaling attaches to its `upgrade`. */
  readonly server: Server
  /** @returns the real port when 0 was asked for. @throws {CodedError} `unavailable` when the address can't be had */
  listen(address: { host: string; port: number }): Promise<{ port: number }>
  /** No new connections; those that were upgraded to something else stay. Idempotent. */
  stopListening(): void
  /** Ends all that is open, upgraded or not. */
  close(): Promise<void>
}

const MAX_BODY_BYTES = 16 * 1024
const MAX_HEADER_BYTES = 8 * 1024

/** All of them leave room for what signaling allows by itself: 4,096 sockets, 256 of one address. */
const LIMITS: ConnectionLimits = {
  slowestClientMs: 10_000,
  keepAliveMs: 5_000,
  maxConnections: 5_120,
  maxPerAddress: 320,
  maxOfLoopback: 5_120,
}

/** The one HTTPS listener: health, metrics for this machine alone, and whatever upgrades its connection. */
export async function createHttpServer(deps: HttpServerDeps): Promise<HttpServer> {
  const { certificate, metrics, log, states } = deps
  const limits = { ...LIMITS, ...deps.limits }
  const app = fastify({
    https: {
      cert: certificate.cert,
      key: certificate.key,
      minVersion: 'TLSv1.2',
      maxHeaderSize: MAX_HEADER_BYTES,
      handshakeTimeout: limits.slowestClientMs,
      headersTimeout: limits.slowestClientMs,
      // How often Node looks for those that are too slow; every 30 s unless told
      connectionsCheckingInterval: limits.slowestClientMs / 2,
    },
    bodyLimit: MAX_BODY_BYTES,
    requestTimeout: limits.slowestClientMs,
    keepAliveTimeout: limits.keepAliveMs,
    forceCloseConnections: true,
    logger: false,
  })

  app.get('/healthz', () => ({ ok: true }))

  app.get('/readyz', (_, reply) => {
    const parts = states()
    const ready = parts.length > 0 && parts.every(({ state }) => state === 'running')
    return reply.code(ready ? 200 : 503).send({ ready, parts })
  })

  app.get('/metrics', async (request, reply) => {
    if (!isLoopback(request.socket.remoteAddress)) {
      const error = new CodedError('forbidden', 'Metrics are for this machine alone.')
      return reply.code(403).send({ error: toAppError(error) })
    }
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics())
  })

  app.setNotFoundHandler((_, reply) => {
    const error = new CodedError('unknown-request', 'There is nothing here. Parley is used through its app.')
    return reply.code(404).send({ error: toAppError(error) })
  })

  app.setErrorHandler((error, _, reply) => {
    const statusCode = statusOf(error)
    if (statusCode >= 500) log.error({ err: error }, 'request failed')
    const code = statusCode === 413 ? 'message-too-large' : 'bad-request'
    const shown = statusCode >= 500 ? error : new CodedError(code, 'This request can not be read.')
    return reply.code(statusCode).send({ error: toAppError(shown) })
  })

  await app.ready()
  const { server } = app
  server.maxConnections = limits.maxConnections
  const sockets = new Set<TLSSocket>()
  const perAddress = new Map<string, number>()
  server.on('secureConnection', socket => {
    // Gone already when it is known no more
    const address = socket.remoteAddress
    if (address === undefined) return void socket.destroy()
    const count = (perAddress.get(address) ?? 0) + 1
    if (count > (isLoopback(address) ? limits.maxOfLoopback : limits.maxPerAddress)) return void socket.destroy()
    sockets.add(socket)
    perAddress.set(address, count)
    socket.once('close', () => {
      sockets.delete(socket)
      const left = (perAddress.get(address) ?? 1) - 1
      if (left > 0) perAddress.set(address, left)
      else perAddress.delete(address)
    })
  })

  function stopListening(): void {
    if (server.listening) server.close()
  }

  return {
    server,
    async listen({ host, port }) {
      await new Promise<void>((resolve, reject) => {
        const failed = (cause: Error) => reject(toListenError(cause, host, port))
        server.once('error', failed)
        server.listen({ host, port, exclusive: true }, () => {
          server.off('error', failed)
          resolve()
        })
      })
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('listening, but on no port')
      log.info({ host, port: address.port }, 'listening')
      return { port: address.port }
    },
    stopListening,
    async close() {
      stopListening()
      for (const socket of sockets) socket.destroy()
      await app.close()
    },
  }
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' && status >= 400 && status < 600 ? status : 500
}

function toListenError(cause: Error, host: string, port: number): CodedError {
  const code = 'code' in cause ? cause.code : undefined
  const sentences: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken by another program. Stop that one, or choose another with PARLEY_PORT.`,
    EACCES: `Port ${port} may not be used by this account. Choose one above 1023 with PARLEY_PORT.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Choose one of its own with PARLEY_HOST.`,
  }
  const sentence = typeof code === 'string' ? sentences[code] : undefined
  return new CodedError('unavailable', sentence ?? `Can not listen on ${host}, port ${port}: ${cause.message}`, {
    cause,
  })
}

const isLoopback = (address: string | undefined) => address === '::1' || /^(::ffff:)?127\./.test(address ?? '')
