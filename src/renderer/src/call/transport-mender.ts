import { CodedError, type ErrorCode } from '#contracts/errors.ts'
import type { TransportId } from '#contracts/ids.ts'
import type { TransportState, TransportView } from '../media/sfu-connection.ts'
import type { SendRequest } from '../signaling/signaling-client.ts'

/** How the media path does as a whole. Transports that carry nothing yet are fine. */
export type PathHealth = 'connecting' | 'connected' | 'broken'

interface MenderOptions {
  request: SendRequest
  onHealth(health: PathHealth): void
  /** The server does not know this connection any more: only new transports help. */
  onStale(): void
  /** It stayed broken for too long. */
  onHopeless(error: CodedError): void
}

/** A path often comes back by itself: a Wi-Fi that roams, a switch that learns. */
const PATIENCE_MS = 1_500
/** Between two ICE restarts; a restart that works does so within two round trips. */
const RETRY_MS = 5_000
const GIVE_UP_AFTER_MS = 60_000

const stale: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['transport-unknown', 'peer-unknown'])

/** Watches both transports and asks for an ICE restart of those that break. */
export class TransportMender {
  readonly #options: MenderOptions
  readonly #states = new Map<TransportId, TransportState>()
  readonly #connectedOnce = new Set<TransportId>()
  #health: PathHealth = 'connected'
  #retry: ReturnType<typeof setTimeout> | undefined
  #giveUp: ReturnType<typeof setTimeout> | undefined

  constructor(options: MenderOptions) {
    this.#options = options
  }

  update({ transportId, state }: TransportView): void {
    this.#states.set(transportId, state)
    if (state === 'connected') this.#connectedOnce.add(transportId)
    if (state === 'failed') this.#plan(0)
    if (state === 'disconnected') this.#plan(PATIENCE_MS)
    this.#judge()
  }

  /** The server can be asked again. */
  refresh(): void {
    if (this.#broken().length > 0) this.#plan(0)
  }

  close(): void {
    clearTimeout(this.#retry)
    clearTimeout(this.#giveUp)
    this.#states.clear()
  }

  /** Failed or cut off, or on the way back from there. */
  #broken(): TransportId[] {
    return [...this.#states]
      .filter(
        ([id, state]) =>
          state === 'failed' || state === 'disconnected' || (state === 'connecting' && this.#connectedOnce.has(id)),
      )
      .map(([id]) => id)
  }

  #judge(): void {
    const connecting = [...this.#states.values()].includes('connecting')
    const health = this.#broken().length > 0 ? 'broken' : connecting ? 'connecting' : 'connected'
    if (health === this.#health) return
    this.#health = health
    clearTimeout(this.#giveUp)
    if (health === 'broken')
      this.#giveUp = setTimeout(() => this.#options.onHopeless(this.#toError()), GIVE_UP_AFTER_MS)
    else clearTimeout(this.#retry)
    this.#options.onHealth(health)
  }

  #plan(inMs: number): void {
    clearTimeout(this.#retry)
    this.#retry = setTimeout(() => void this.#restart(), inMs)
  }

  async #restart(): Promise<void> {
    const broken = this.#broken()
    if (broken.length === 0) return
    this.#plan(RETRY_MS)
    const outcomes = await Promise.allSettled(
      broken.map(transportId => this.#options.request('transport.restartIce', { transportId })),
    )
    const isStale = outcomes.some(
      outcome =>
        outcome.status === 'rejected' && outcome.reason instanceof CodedError && stale.has(outcome.reason.code),
    )
    if (isStale && this.#states.size > 0) this.#options.onStale()
  }

  #toError(): CodedError {
    return this.#connectedOnce.size > 0
      ? new CodedError('connection-lost', 'Sound and pictures stopped coming through and could not be brought back.')
      : new CodedError('media-unavailable', 'This network lets no sound or pictures through to the meeting.')
  }
}
