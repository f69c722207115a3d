import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { get, type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PartState } from '../lifecycle/lifecycle.ts'
import { createLog } from '../log/log.ts'
import { createMetrics, type Metrics } from '../metrics/metrics.ts'
import { loadServerCertificate } from '../tls/certificate.ts'
import { listLanAddresses } from '../tls/local-addresses.ts'
import { type ConnectionLimits, createHttpServer, type HttpServer } from './http-server.ts'

let dataDir: string
let metrics: Metrics
let http: HttpServer
let port: number
let states: { name: string; state: PartState }[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-http-'))
  metrics = createMetrics()
  states = [{ name: 'records', state: 'running' }]
  http = await open()
  port = (await http.listen({ host: '0.0.0.0', port: 0 })).port
})
afterEach(async () => {
  await http.close()
  metrics.close()
  await rm(dataDir, { recursive: true, force: true })
})

const open = async (limits: Partial<ConnectionLimits> = {}) =>
  createHttpServer({
    limits,
    certificate: await loadServerCertificate({ dataDir }),
    metrics,
    log: createLog({ level: 'silent', service: 'http' }),
    states: () => states,
  })

async function fetchText(path: string, options: RequestOptions = {}) {
  const asked = get({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...options })
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode as number, headers: response.headers, text }
}

describe('the HTTPS server', () => {
  test('says that it lives, and not what it is made of', async () => {
    const { status, headers, text } = await fetchText('/healthz')
    expect([status, JSON.parse(text)]).toEqual([200, { ok: true }])
    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('x-powered-by')
  })

  test('is ready while all parts run, and names the one that does not', async () => {
    expect((await fetchText('/readyz')).status).toBe(200)
    states = [...states, { name: 'media', state: 'stopping' }]
    const { status, text } = await fetchText('/readyz')
    expect(status).toBe(503)
    expect(JSON.parse(text)).toEqual({ ready: false, parts: states })
  })

  test('gives its metrics to this machine', async () => {
    metrics.gauge('live_meetings', 'Meetings that people are in.', () => 3)
    const { status, text } = await fetchText('/metrics')
    expect(status).toBe(200)
    expect(text).toContain('parley_live_meetings 3')
    expect(text).toContain('parley_process_cpu_seconds_total')
  })

  test.runIf(listLanAddresses().length > 0)('refuses its metrics to callers over the network', async () => {
    const { status, text } = await fetchText('/metrics', { host: listLanAddresses()[0] })
    expect(status).toBe(403)
    expect(JSON.parse(text).error.code).toBe('forbidden')
  })

  test('answers unknown paths with a coded error', async () => {
    const { status, text } = await fetchText('/wp-admin')
    expect([status, JSON.parse(text).error.code]).toEqual([404, 'unknown-request'])
  })

  test('refuses headers beyond 8 KB and goes on', async () => {
    const { status } = await fetchText('/healthz', { headers: { cookie: 'x'.repeat(9_000) } })
    expect(status).toBe(431)
    expect((await fetchText('/healthz')).status).toBe(200)
  })

  test('speaks TLS 1.3, and nothing older than 1.2', async () => {
    const modern = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    await once(modern, 'secureConnect')
    expect(modern.getProtocol()).toBe('TLSv1.3')
    modern.destroy()
    const old = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    })
    await expect(once(old, 'secureConnect')).rejects.toThrow()
  })

  test('says in a sentence that a port is taken', async () => {
    const second = await open()
    try {
      await expect(second.listen({ host: '0.0.0.0', port })).rejects.toThrow(/Port \d+ is taken by another program/)
    } finally {
      await second.close()
    }
  })

  test('closes connections that were upgraded to something else', async () => {
    http.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    })
    const upgrading = request({
      host: '127.0.0.1',
      port,
      path: '/v1/signaling',
      rejectUnauthorized: false,
      agent: false,
      headers: { connection: 'Upgrade', upgrade: 'echo' },
    })
    upgrading.end()
    const [, socket] = await once(upgrading, 'upgrade')
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    await http.close()
    await closed
  })

  describe('ends connections that cost more than they bring', () => {
    /** Another server with these limits. @returns a way to connect to it, and to know when a connection is ended */
    async function limited(limits: Partial<ConnectionLimits>) {
      await http.close()
      http = await open(limits)
      const { port } = await http.listen({ host: '0.0.0.0', port: 0 })
      return async (host = '127.0.0.1') => {
        const socket = connect({ host, port, rejectUnauthorized: false })
        socket.on('error', () => {})
        const closed = new Promise<void>(resolve => socket.once('close', () => resolve()))
        // TLS 1.3 lets a client believe in a connection that the server refuses at once
        await Promise.race([new Promise<void>(resolve => socket.once('secureConnect', resolve)), closed])
        onTestFinished(() => void socket.destroy())
        return { socket, closed }
      }
    }
    const ask = async (socket: TLSSocket) => {
      socket.write('GET /healthz HTTP/1.1\r\nHost: parley\r\n\r\n')
      const [answer] = await once(socket, 'data')
      return String(answer).split('\r\n')[0]
    }

    test('those that never come to the end of a request', async () => {
      const connectAgain = await limited({ slowestClientMs: 200 })
      const { socket, closed } = await connectAgain()
      socket.resume().write('GET /healthz HTTP/1.1\r\nHost: ')
      await closed
    })

    test('those that ask nothing more', async () => {
      const connectAgain = await limited({ keepAliveMs: 50 })
      const { socket, closed } = await connectAgain()
      expect(await ask(socket)).toBe('HTTP/1.1 200 OK')
      await closed
    })

    test('those that are too many of one address, until another of it goes', async () => {
      const connectAgain = await limited({ maxOfLoopback: 2 })
      const [first] = [await connectAgain(), await connectAgain()]
      const tooMany = await connectAgain()
      await tooMany.closed
      first?.socket.destroy()
      await vi.waitFor(async () => {
        const { socket, closed } = await connectAgain()
        expect(await Promise.race([ask(socket), closed])).toBe('HTTP/1.1 200 OK')
      })
    })

    test.runIf(listLanAddresses().length > 0)('of the network sooner than of this machine', async () => {
      const connectAgain = await limited({ maxPerAddress: 1 })
      await connectAgain(listLanAddresses()[0])
      await (await connectAgain(listLanAddresses()[0])).closed
      expect(await ask((await connectAgain()).socket)).toBe('HTTP/1.1 200 OK')
    })

    test('those that are too many of all', async () => {
      const connectAgain = await limited({ maxConnections: 1 })
      const { socket } = await connectAgain()
      await (await connectAgain()).closed
      expect(await ask(socket)).toBe('HTTP/1.1 200 OK')
    })
  })
})
