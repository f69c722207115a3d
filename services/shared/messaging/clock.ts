/** Time as the layer sees it: a delay, a retry or a timeout is tested by moving the clock, never by sleeping. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number
  /** Runs once after `delayMs`. @returns a function that takes it back */
  after(delayMs: number, run: () => void): () => void
}

/** setTimeout fires at once when told to wait longer than a signed 32-bit count of milliseconds (24.8 days). */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS))
    return () => clearTimeout(timer)
  },
}
