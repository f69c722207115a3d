import type { Rate } from './signaling-config.ts'

/** Holds up to `burst` tokens and regains `perSecond` of them; starts full. Times are monotonic ms. */
export class TokenBucket {
  readonly #rate: Rate
  #tokens: number
  #atMs: number

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate
    this.#tokens = rate.burst
    this.#atMs = nowMs
  }

  /** @returns 0 when a token was taken, else how many ms until there is one */
  take(nowMs: number): number {
    this.#refill(nowMs)
    if (this.#tokens >= 1 - 1e-9) {
      this.#tokens = Math.max(0, this.#tokens - 1)
      return 0
    }
    const waitMs = ((1 - this.#tokens) / this.#rate.perSecond) * 1_000
    // Sums of fractions are off by a hair; that is no reason to wait another ms.
    return Math.max(1, Math.ceil(waitMs - 1e-6))
  }

  giveBack(): void {
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + 1)
  }

  isFull(nowMs: number): boolean {
    this.#refill(nowMs)
    return this.#tokens >= this.#rate.burst
  }

  #refill(nowMs: number): void {
    const regained = (Math.max(0, nowMs - this.#atMs) / 1_000) * this.#rate.perSecond
    this.#tokens = Math.min(this.#rate.burst, this.#tokens + regained)
    this.#atMs = nowMs
  }
}
