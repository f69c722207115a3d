import type { IncomingMessage } from 'node:http'
import type { Server } from 'node:https'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { WebSocketServer } from 'ws'
import { MAX_SOCKET_BYTES } from '#contracts/signaling/envelope.ts'
import type { Log } from '../shared/log/log.ts'
import { ClientSocket, type ClientSocketDeps } from './client-socket.ts'
import { CloseCode } from './close-code.ts'
import { toAddressKey } from './remote-address.ts'
import type { SignalingConfig } from './signaling-config.ts'

export const SIGNALING_PATH = '/v1/signaling'

const REFUSALS = { 403: 'Forbidden', 404: 'Not Found', 429: 'Too Many Requests', 503: 'Service Unavailable' } as const
type Refusal = keyof typeof REFUSALS

/** Lets clients in: the door of the HTTPS server at one path, with limits on who may hold how many sockets. */
export class SocketListener {
  readonly #server: Server
  readonly #wss: WebSocketServer
  readonly #deps: ClientSocketDeps
  readonly #config: SignalingConfig
  readonly #log: Log
  readonly #sockets = new Set<ClientSocket>()
  readonly #perAddress = new Map<string, number>()
  /** TLS sockets that have not sent a complete HTTP request yet. */
  readonly #handshakes = new Map<Duplex, NodeJS.Timeout>()
  #accepts = true

  constructor(server: Server, deps: ClientSocketDeps) {
    this.#server = server
    this.#deps = deps
    this.#config = deps.config
    this.#log = deps.log
    this.#wss = new WebSocketServer({
      noServer: true,
      maxPayload: MAX_SOCKET_BYTES,
      perMessageDeflate: false,
      clientTracking: false,
    })
    server.on('upgrade', this.#onUpgrade)
    server.on('secureConnection', this.#onSecureConnection)
    server.on('request', this.#onRequest)
  }

  get size(): number {
    return this.#sockets.size
  }

  /** New sockets are refused from now on, those there are told why; resolves when all are gone, at the latest after `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    this.#accepts = false
    const { promise: emptied, resolve } = Promise.withResolvers<void>()
    this.#onEmpty = resolve
    if (this.#sockets.size === 0) resolve()
    const cut = setTimeout(() => {
      for (const socket of this.#sockets) socket.terminate()
    }, deadlineMs)
    for (const socket of this.#sockets) {
      socket.dismiss({ code: 'unavailable', message: 'The meeting server is stopping.' }, CloseCode.goingAway)
    }
    await emptied
    clearTimeout(cut)
    for (const timer of this.#handshakes.values()) clearTimeout(timer)
    this.#handshakes.clear()
    this.#server.off('upgrade', this.#onUpgrade)
    this.#server.off('secureConnection', this.#onSecureConnection)
    this.#server.off('request', this.#onRequest)
    this.#wss.close()
  }

  #onEmpty = () => {}

  /** Node looks for slow requests only every 30 s; a client that trickles its request is cut off sooner here. */
  readonly #onSecureConnection = (socket: TLSSocket): void => {
    this.#handshakes.set(
      socket,
      setTimeout(() => socket.destroy(), this.#config.handshakeTimeoutMs),
    )
    socket.once('close', () => this.#handshakeDone(socket))
  }

  readonly #onRequest = (request: IncomingMessage): void => this.#handshakeDone(request.socket)

  #handshakeDone(socket: Duplex): void {
    clearTimeout(this.#handshakes.get(socket))
    this.#handshakes.delete(socket)
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    this.#handshakeDone(socket)
    // Until ws takes the socket over, nobody else listens for its errors.
    const onError = () => socket.destroy()
    socket.on('error', onError)
    const address = toAddressKey(request.socket.remoteAddress)
    const refusal = this.#refusalOf(request, address)
    if (refusal) {
      this.#log.debug({ status: refusal }, 'socket refused')
      socket.end(`HTTP/1.1 ${refusal} ${REFUSALS[refusal]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
      socket.once('finish', () => socket.destroy())
      return
    }
    this.#wss.handleUpgrade(request, socket, head, ws => {
      socket.off('error', onError)
      const client = new ClientSocket(ws, address, this.#deps)
      this.#sockets.add(client)
      this.#perAddress.set(address, this.#countOf(address) + 1)
      ws.once('close', () => this.#forget(client))
      this.#log.info({ socketId: client.socketId, sockets: this.#sockets.size }, 'socket opened')
    })
  }

  #refusalOf({ url = '', headers }: IncomingMessage, address: string): Refusal | null {
    if (url.split('?', 1)[0] !== SIGNALING_PATH) return 404
    if (!this.#accepts) return 503
    if (headers.origin !== undefined && !this.#config.allowedOrigins.includes(headers.origin)) return 403
    if (this.#sockets.size >= this.#config.maxSockets) return 503
    if (this.#countOf(address) >= this.#config.maxSocketsPerAddress) return 429
    return null
  }

  #forget(client: ClientSocket): void {
    this.#sockets.delete(client)
    const left = this.#countOf(client.address) - 1
    if (left > 0) this.#perAddress.set(client.address, left)
    else this.#perAddress.delete(client.address)
    if (this.#sockets.size === 0) this.#onEmpty()
  }

  #countOf(address: string): number {
    return this.#perAddress.get(address) ?? 0
  }
}
