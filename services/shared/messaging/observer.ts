import type { ServiceName } from '#contracts/definitions.ts'
import type { ErrorCode } from '#contracts/errors.ts'

/**
 * What happens inside the layer, for metrics. `service` owns the task, or subscribes to the event.
 * `waitMs` is from when it was due until its handler began, `runMs` from then until it ended.
 */
export type Observation =
  | { type: 'enqueued'; service: ServiceName; name: string; count: number }
  | { type: 'published'; name: string }
  | { type: 'handled'; kind: 'task' | 'event'; service: ServiceName; name: string; waitMs: number; runMs: number }
  | { type: 'failed'; kind: 'task' | 'event'; service: ServiceName; name: string; code: ErrorCode; runMs: number }
  | { type: 'retried'; kind: 'task' | 'event'; service: ServiceName; name: string; delayMs: number }
  | { type: 'dead'; kind: 'task' | 'event'; service: ServiceName; name: string; code: ErrorCode }
  /** One durable write of a driver: how many operations it took along, and how long it took. */
  | { type: 'committed'; operations: number; durationMs: number }

export type Observe = (observation: Observation) => void

/** The part of a pino logger that the layer uses. */
export interface MessagingLog {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
  error(fields: object, text: string): void
}

export const silentLog: MessagingLog = { info() {}, warn() {}, error() {} }
