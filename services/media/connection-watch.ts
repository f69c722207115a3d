import type { types } from 'mediasoup'

export interface TransportState {
  ice: types.IceState
  dtls: types.DtlsState
}

export type Connection = 'waiting' | 'connected' | 'lost'

/** A call that stumbles for a moment is not lost; ICE often finds its way back by itself. */
const LOSS_SETTLES_MS = 2_000

/**
 * A peer's two transports as one fact. A client opens a transport only when it has something to send or to receive, so
 * one that is up means connected, and one that was lost means lost.
 */
export function toConnection(transports: readonly TransportState[]): Connection {
  if (transports.some(({ ice, dtls }) => ice === 'disconnected' || dtls === 'failed' || dtls === 'closed'))
    return 'lost'
  if (transports.some(({ ice, dtls }) => dtls === 'connected' && ice !== 'new')) return 'connected'
  return 'waiting'
}

/** Reports changes, each once: connected at once, lost only when it lasts. */
export class ConnectionWatch {
  readonly #onChange: (change: 'connected' | 'disconnected') => void
  readonly #lossSettlesMs: number
  #reported: Connection = 'waiting'
  #lossTimer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(onChange: (change: 'connected' | 'disconnected') => void, { lossSettlesMs = LOSS_SETTLES_MS } = {}) {
    this.#onChange = onChange
    this.#lossSettlesMs = lossSettlesMs
  }

  see(transports: readonly TransportState[]): void {
    if (this.#stopped) return
    const connection = toConnection(transports)
    if (connection !== 'lost') {
      clearTimeout(this.#lossTimer)
      this.#lossTimer = undefined
    }
    if (connection === this.#reported || connection === 'waiting') return
    if (connection === 'lost') this.#lossTimer ??= setTimeout(() => this.#report('lost'), this.#lossSettlesMs)
    else this.#report('connected')
  }

  /** After an orderly close nothing is news. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#lossTimer)
  }

  #report(connection: 'connected' | 'lost'): void {
    this.#lossTimer = undefined
    this.#reported = connection
    this.#onChange(connection === 'lost' ? 'disconnected' : 'connected')
  }
}
