import type { TaskContract } from '#contracts/definitions.ts'
import type { EnqueueOptions } from './messaging.ts'

/** Where a new task stands among the others. */
export interface Placement {
  /** Tasks of one service and lane run one at a time, in order; null has no such order. */
  readonly lane: string | null
  readonly priority: number
  /** Not before; the time of its enqueueing unless it is delayed. */
  readonly dueAtMs: number
}

export const DEFAULT_PRIORITY = 5
const LEAST_URGENT = 9

/** @throws {RangeError} if the options make no sense: a mistake of the calling code, found before it reaches others */
export function toPlacement<P>(
  task: TaskContract<P>,
  payload: P,
  { priority = DEFAULT_PRIORITY, delayMs = 0 }: EnqueueOptions,
  nowMs: number,
): Placement {
  if (!Number.isInteger(priority) || priority < 0 || priority > LEAST_URGENT) {
    throw new RangeError(`priority is an integer from 0 to ${LEAST_URGENT}, not ${priority}`)
  }
  const dueAtMs = nowMs + Math.ceil(delayMs)
  if (!Number.isSafeInteger(dueAtMs) || delayMs < 0) throw new RangeError(`${delayMs} is no delay in ms`)
  return { lane: task.laneOf?.(payload) ?? null, priority, dueAtMs }
}
