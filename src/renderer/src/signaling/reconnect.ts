import { CodedError, type ErrorCode } from '#contracts/errors.ts'
import { cancelled } from './cancelled.ts'

export interface ReconnectPolicy {
  firstDelayMs: number
  maxDelayMs: number
  giveUpAfterMs: number
  /** 0 to 1, spreads the clients of one server that restarts. */
  random: () => number
}

export const RECONNECT_POLICY: ReconnectPolicy = {
  firstDelayMs: 300,
  maxDelayMs: 5_000,
  giveUpAfterMs: 60_000,
  random: Math.random,
}

/** Trying again changes nothing about these. */
const final: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'meeting-ended',
  'meeting-unknown',
  'meeting-full',
  'forbidden',
  'session-replaced',
  'server-untrusted',
  'version-unsupported',
  'services-failed',
])

export const isFinal = (error: unknown): error is CodedError => error instanceof CodedError && final.has(error.code)

/**
 * Repeats `attempt` with growing pauses until it succeeds. Its signal aborts when nobody waits any more.
 * @throws {CodedError} what can't be helped by trying again, `connection-lost` after `giveUpAfterMs`, `cancelled`
 */
export async function reconnect<T>(
  attempt: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal,
  { firstDelayMs, maxDelayMs, giveUpAfterMs, random }: ReconnectPolicy = RECONNECT_POLICY,
): Promise<T> {
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), giveUpAfterMs)
  const both = AbortSignal.any([signal, deadline.signal])
  let delayMs = firstDelayMs
  let cause: unknown
  try {
    while (true) {
      const wantedMs = cause instanceof CodedError ? (cause.retryAfterMs ?? 0) : 0
      await pause(Math.max(wantedMs, delayMs * (0.5 + random() / 2)), both)
      if (signal.aborted) throw cancelled()
      if (deadline.signal.aborted) break
      try {
        return await attempt(both)
      } catch (error) {
        if (isFinal(error)) throw error
        cause = error
      }
      delayMs = Math.min(maxDelayMs, delayMs * 2)
    }
  } finally {
    clearTimeout(timer)
  }
  throw new CodedError('connection-lost', 'The connection was lost and could not be made again.', { cause })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
