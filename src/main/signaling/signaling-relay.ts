import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { CodedError } from '#contracts/errors.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import type { EventChannel, EventData } from '#contracts/ipc/channels.ts'
import { ConnectionId } from '#contracts/ipc/signaling.ts'
import type { WindowId } from '../ipc/sender.ts'
import { keepAlive } from './keep-alive.ts'

/** A call and, while one server is left for another, a second; some room beside. */
const MAX_PER_WINDOW = 4

/** For the server's half of the closing handshake. */
const CLOSE_TIMEOUT_MS = 2_000

/** Bytes that wait for a slow network; more than any honest backlog of signaling. */
const MAX_BUFFERED_BYTES = 4 * 1024 * 1024

export interface SignalingRelayDeps {
  /** Resolves with an open, paused socket. */
  openSignaling(server: ServerTarget): Promise<WebSocket>
  tell<C extends EventChannel>(window: WindowId, channel: C, data: EventData<C>): void
}

/** Carries text frames between windows and servers. A connection belongs to the window that opened it. */
export class SignalingRelay {
  readonly #connections = new Map<ConnectionId, { window: WindowId; socket: WebSocket }>()
  /** Attempts under way count too, else a window could start any number of them. */
  readonly #opening = new Map<WindowId, Set<object>>()
  /** All that are not closed yet, also those whose window is gone. */
  readonly #sockets = new Set<WebSocket>()
  readonly #deps: SignalingRelayDeps

  constructor(deps: SignalingRelayDeps) {
    this.#deps = deps
  }

  /** Whether any window is connected, or about to be. */
  get isConnected(): boolean {
    return this.#connections.size > 0 || [...this.#opening.values()].some(attempts => attempts.size > 0)
  }

  /** @throws {CodedError} `server-unreachable`, `server-untrusted`, `rate-limited` */
  async open(window: WindowId, server: ServerTarget): Promise<ConnectionId> {
    const opening = this.#opening.get(window) ?? new Set()
    if (this.#of(window).length + opening.size >= MAX_PER_WINDOW) {
      throw new CodedError('rate-limited', 'Too many connections are open. Leave a meeting before joining another.')
    }
    const attempt = {}
    this.#opening.set(window, opening.add(attempt))
    let socket: WebSocket
    let wanted: boolean
    try {
      socket = await this.#deps.openSignaling(server)
    } finally {
      // gone from the set already if the window went away meanwhile
      wanted = opening.delete(attempt)
    }
    if (!wanted) {
      socket.on('error', () => {})
      socket.terminate()
      throw new CodedError('cancelled', 'The window was closed.')
    }
    return this.#adopt(window, socket)
  }

  /** @throws {CodedError} `connection-lost` if it is closed or another window's, `rate-limited` if too much waits to be sent */
  send(window: WindowId, id: ConnectionId, text: string): void {
    const connection = this.#connections.get(id)
    if (connection?.window !== window || connection.socket.readyState !== WebSocket.OPEN) {
      throw new CodedError('connection-lost', 'This connection is closed.')
    }
    if (connection.socket.bufferedAmount > MAX_BUFFERED_BYTES) {
      throw new CodedError('rate-limited', 'The network is too slow for what is sent.', { retryAfterMs: 1_000 })
    }
    connection.socket.send(text)
  }

  /** Idempotent. */
  hangUp(window: WindowId, id: ConnectionId): void {
    const connection = this.#connections.get(id)
    if (connection?.window === window) hangUp(connection.socket)
  }

  /** The window left its page or is gone. What it sent before still goes out; it hears nothing more. */
  closeAll(window: WindowId): void {
    this.#opening.get(window)?.clear()
    this.#opening.delete(window)
    for (const [id, { socket }] of this.#of(window)) {
      this.#connections.delete(id)
      hangUp(socket)
    }
  }

  /** For quitting: hangs up everywhere, and resolves once what was sent is on its way and every socket is closed. */
  async close(): Promise<void> {
    for (const { window } of [...this.#connections.values()]) this.closeAll(window)
    await Promise.all([...this.#sockets].map(socket => new Promise(resolve => socket.once('close', resolve))))
  }

  #of(window: WindowId) {
    return [...this.#connections].filter(([, connection]) => connection.window === window)
  }

  #adopt(window: WindowId, socket: WebSocket): ConnectionId {
    const id = ConnectionId.parse(randomUUID())
    this.#connections.set(id, { window, socket })
    this.#sockets.add(socket)
    keepAlive(socket)
    socket.on('message', (data, isBinary) => {
      if (isBinary) socket.close(1003, 'text only')
      else if (this.#connections.has(id))
        this.#deps.tell(window, 'signaling:message', { connectionId: id, text: String(data) })
    })
    // 'close' follows and tells the window
    socket.on('error', () => {})
    socket.on('close', (code, reason) => {
      this.#sockets.delete(socket)
      if (this.#connections.delete(id)) {
        this.#deps.tell(window, 'signaling:closed', { connectionId: id, code, reason: reason.toString() })
      }
    })
    // after the reply to `open` is on its way, so that the window knows the id before the first message arrives
    setImmediate(() => socket.resume())
    return id
  }
}

/** What was sent before still goes out, if the network takes it soon. */
function hangUp(socket: WebSocket): void {
  socket.close(1000)
  const timer = setTimeout(() => socket.terminate(), CLOSE_TIMEOUT_MS)
  socket.once('close', () => clearTimeout(timer))
}
