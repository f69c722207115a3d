import type { ServerTarget } from '#contracts/invite.ts'
import type { ConnectionId, SignalingApi } from '#contracts/ipc/signaling.ts'
import { orCancelled } from './cancelled.ts'
import { unwrapResult } from './unwrap-result.ts'

/** One open socket to a meeting's server, as text frames. */
export interface SignalingChannel {
  /** @throws {CodedError} when the frame cannot leave this machine */
  send(text: string): Promise<void>
  /** Idempotent; the listener hears nothing more. */
  close(): void
}

export interface ChannelListener {
  onMessage(text: string): void
  /** The other end or the network closed it; at most once. */
  onClosed(): void
}

/** @throws {CodedError} `server-unreachable`, `server-untrusted`, `cancelled` */
export type OpenChannel = (
  server: ServerTarget,
  listener: ChannelListener,
  signal: AbortSignal,
) => Promise<SignalingChannel>

/** Channels over sockets that the desktop's main process owns. */
export function createDesktopChannels(api: SignalingApi): OpenChannel {
  return async (server, listener, signal) => {
    const frames = new EarlyFrames()
    const unsubscribe = [
      api.onMessage(({ connectionId, text }) => frames.push(connectionId, () => listener.onMessage(text))),
      api.onClosed(({ connectionId }) => frames.push(connectionId, () => listener.onClosed())),
    ]
    const close = (connectionId: ConnectionId) => void api.close({ connectionId }).catch(() => {})
    try {
      const opened = orCancelled(signal, api.open({ server }), late => late.ok && close(late.value.connectionId))
      const { connectionId } = unwrapResult(await opened)
      frames.release(connectionId)
      return {
        send: async text => unwrapResult(await api.send({ connectionId, text })),
        close: () => {
          frames.stop()
          for (const stop of unsubscribe.splice(0)) stop()
          close(connectionId)
        },
      }
    } catch (error) {
      for (const stop of unsubscribe) stop()
      throw error
    }
  }
}

/** A frame can overtake the reply that tells its connection's id; until then everybody's frames are kept. */
class EarlyFrames {
  #connectionId: ConnectionId | null = null
  #kept: { connectionId: ConnectionId; deliver: () => void }[] = []
  #stopped = false

  push(connectionId: ConnectionId, deliver: () => void): void {
    if (this.#stopped) return
    if (this.#connectionId === null) this.#kept.push({ connectionId, deliver })
    else if (this.#connectionId === connectionId) deliver()
  }

  release(connectionId: ConnectionId): void {
    this.#connectionId = connectionId
    for (const frame of this.#kept.splice(0)) this.push(frame.connectionId, frame.deliver)
  }

  stop(): void {
    this.#stopped = true
  }
}
