import { CodedError } from '#contracts/errors.ts'
import type { Rate } from './signaling-config.ts'
import { TokenBucket } from './token-bucket.ts'

/** Monotonic ms. */
type Clock = () => number

/** What one socket may send. */
export class SocketLimit {
  readonly #frames: TokenBucket
  readonly #refusals: TokenBucket
  readonly #now: Clock

  constructor({ frames, refusals }: { frames: Rate; refusals: Rate }, now: Clock) {
    this.#frames = new TokenBucket(frames, now())
    this.#refusals = new TokenBucket(refusals, now())
    this.#now = now
  }

  /** `flood` when the socket goes on although it was refused again and again. */
  take(): { verdict: 'pass' } | { verdict: 'refuse'; error: CodedError } | { verdict: 'flood'; error: CodedError } {
    const waitMs = this.#frames.take(this.#now())
    if (waitMs === 0) return { verdict: 'pass' }
    const verdict = this.#refusals.take(this.#now()) === 0 ? 'refuse' : 'flood'
    return { verdict, error: toRateLimited(waitMs) }
  }
}

/** Beyond this many addresses the ones that regained everything are forgotten, then the oldest, down to half. */
const MAX_ADDRESSES = 10_000

/** What all sockets of one address may try without a session: joining codes and tokens cannot be guessed faster. */
export class AddressLimits {
  readonly #rate: Rate
  readonly #now: Clock
  readonly #buckets = new Map<string, TokenBucket>()

  constructor(rate: Rate, now: Clock) {
    this.#rate = rate
    this.#now = now
  }

  /** @throws {CodedError} `rate-limited` */
  take(address: string): void {
    const waitMs = this.#bucketOf(address).take(this.#now())
    if (waitMs > 0) throw toRateLimited(waitMs)
  }

  /** An attempt that succeeded was no guess: thirty people of one office may join in the same second. */
  giveBack(address: string): void {
    this.#buckets.get(address)?.giveBack()
  }

  #bucketOf(address: string): TokenBucket {
    const known = this.#buckets.get(address)
    if (known) return known
    if (this.#buckets.size >= MAX_ADDRESSES) this.#forgetSome()
    const bucket = new TokenBucket(this.#rate, this.#now())
    this.#buckets.set(address, bucket)
    return bucket
  }

  #forgetSome(): void {
    for (const [address, bucket] of this.#buckets) if (bucket.isFull(this.#now())) this.#buckets.delete(address)
    for (const address of this.#buckets.keys()) {
      if (this.#buckets.size <= MAX_ADDRESSES / 2) break
      this.#buckets.delete(address)
    }
  }
}

/** What one session may have written to disk, over all the sockets it comes back with. */
export class SessionLimits {
  readonly #rate: Rate
  readonly #now: Clock
  readonly #buckets = new WeakMap<object, TokenBucket>()

  constructor(rate: Rate, now: Clock) {
    this.#rate = rate
    this.#now = now
  }

  /** @throws {CodedError} `rate-limited` */
  take(session: object): void {
    const bucket = this.#buckets.get(session) ?? new TokenBucket(this.#rate, this.#now())
    this.#buckets.set(session, bucket)
    const waitMs = bucket.take(this.#now())
    if (waitMs > 0) throw toRateLimited(waitMs)
  }
}

const toRateLimited = (retryAfterMs: number) =>
  new CodedError('rate-limited', 'That was too much at once. Wait a moment and try again.', { retryAfterMs })
