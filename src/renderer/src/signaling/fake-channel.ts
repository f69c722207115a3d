import { CodedError } from '#contracts/errors.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import { orCancelled } from './cancelled.ts'
import type { ChannelListener, OpenChannel, SignalingChannel } from './signaling-channel.ts'

/** The server's end of one fake socket. */
export interface FakeSocket {
  send(frame: unknown): void
  /** The network goes away, or the server hangs up. */
  drop(): void
}

export interface FakeSocketServer {
  onOpen?(socket: FakeSocket): void
  onText(socket: FakeSocket, text: string): void
  onClosed?(socket: FakeSocket): void
}

/** Sockets in memory. Everything arrives a moment later and in order, as on a wire. */
export class FakeNetwork {
  /** Whether the server can be reached. */
  up = true
  opened: ServerTarget[] = []
  readonly #server: FakeSocketServer
  readonly #sockets = new Map<FakeSocket, ChannelListener>()

  constructor(server: FakeSocketServer) {
    this.#server = server
  }

  readonly openChannel: OpenChannel = async (target, listener, signal): Promise<SignalingChannel> => {
    this.opened.push(target)
    await orCancelled(signal, soon())
    if (!this.up) throw new CodedError('server-unreachable', 'Nobody answers there.')
    const socket: FakeSocket = {
      send: frame => void soon().then(() => this.#sockets.get(socket)?.onMessage(JSON.stringify(frame))),
      drop: () => this.#drop(socket),
    }
    this.#sockets.set(socket, listener)
    this.#server.onOpen?.(socket)
    return {
      send: async text => {
        await soon()
        if (!this.#sockets.has(socket)) throw new CodedError('connection-lost', 'This socket is closed.')
        this.#server.onText(socket, text)
      },
      close: () => {
        if (this.#sockets.delete(socket)) this.#server.onClosed?.(socket)
      },
    }
  }

  get openSockets(): number {
    return this.#sockets.size
  }

  /** Pulls the cable of everybody. */
  cut(): void {
    this.up = false
    for (const socket of [...this.#sockets.keys()]) this.#drop(socket)
  }

  #drop(socket: FakeSocket): void {
    const listener = this.#sockets.get(socket)
    if (!this.#sockets.delete(socket)) return
    this.#server.onClosed?.(socket)
    listener?.onClosed()
  }
}

/** A few turns of the queue: later than whatever is settled already. */
async function soon(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve()
}
