import type { PeerId } from '#contracts/ids.ts'

const DEPARTURES_KEPT = 10_000

/**
 * Who left, and when. Offers and departures come on different channels, so an offer may arrive after the departure that
 * followed it, and must not bring a ghost back.
 */
export class Departures {
  readonly #leftAtMs = new Map<PeerId, number>()

  add(peerId: PeerId, atMs: number): void {
    this.#leftAtMs.delete(peerId)
    this.#leftAtMs.set(peerId, atMs)
    const [oldest] = this.#leftAtMs.keys()
    if (this.#leftAtMs.size > DEPARTURES_KEPT && oldest) this.#leftAtMs.delete(oldest)
  }

  /** The peer joined again at this moment: if it had left before, that is over. */
  joined(peerId: PeerId, atMs: number): void {
    if (!this.isAfter(peerId, atMs)) this.#leftAtMs.delete(peerId)
  }

  /** Whether the peer left at or after this moment. */
  isAfter(peerId: PeerId, atMs: number): boolean {
    return (this.#leftAtMs.get(peerId) ?? Number.NEGATIVE_INFINITY) >= atMs
  }
}
