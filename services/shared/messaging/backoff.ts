export interface Backoff {
  baseMs: number
  capMs: number
}

export const DEFAULT_BACKOFF: Backoff = { baseMs: 200, capMs: 30_000 }

/**
 * How long to wait before the next attempt: exponential with full jitter, so that many tasks that failed together
 * do not come back together.
 * @param failures how often it has failed so far, from 1
 * @param random uniform in [0, 1)
 */
export function backoffMs(failures: number, { baseMs, capMs }: Backoff, random = Math.random()): number {
  return Math.round(random * Math.min(capMs, baseMs * 2 ** (failures - 1)))
}
