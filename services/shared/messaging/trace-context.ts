import { randomBytes } from 'node:crypto'

/** W3C Trace Context: `00-<trace id>-<span id>-<flags>`, lower-case hex. @see https://www.w3.org/TR/trace-context/ */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/
const NO_TRACE = '0'.repeat(32)

/** The start of a new trace, sampled. */
export function createTrace(): string {
  return `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`
}

/** The same trace, one hop on. A traceparent that can't be read starts a new trace, as the specification asks. */
export function nextSpan(traceparent: string): string {
  const [, traceId, , flags] = TRACEPARENT.exec(traceparent) ?? []
  if (!traceId || traceId === NO_TRACE) return createTrace()
  return `00-${traceId}-${randomBytes(8).toString('hex')}-${flags}`
}

/** @returns undefined if `traceparent` is not one */
export function traceIdOf(traceparent: string): string | undefined {
  return TRACEPARENT.exec(traceparent)?.[1]
}
