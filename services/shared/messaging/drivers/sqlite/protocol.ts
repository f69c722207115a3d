import type { Channel, ServiceName } from '#contracts/definitions.ts'
import type { AppError } from '#contracts/errors.ts'
import type { Envelope } from '../../envelope.ts'
import type { DeadLetter } from '../../messaging.ts'
import type { Placement } from '../../placement.ts'
import type { ClaimedTask } from '../../task-runner.ts'

/** What the main thread and the writer thread tell each other. Both are one program, so nothing is parsed. */

export interface NewTask extends Envelope, Placement {
  readonly service: ServiceName
}

export interface NewEvent extends Envelope {
  readonly channel: Channel
}

/** `seq` is the row's number: shorter to find than its id. */
export interface StoredTask extends ClaimedTask {
  readonly seq: number
}

/** `seq` is the place in the log. */
export interface StoredEvent extends NewEvent {
  readonly seq: number
}

/** One cursor: a service's place in a channel. */
export interface CursorName {
  readonly service: ServiceName
  readonly channel: Channel
}

/** Dead letters by their ids, or those that died up to this time. */
export type Purge = { letters: readonly string[] } | { diedUpToMs: number }

/** Answered with a `Reply` once its effect is on disk. */
export type Ask =
  | { op: 'enqueue'; ask: number; tasks: readonly NewTask[] }
  | { op: 'publish'; ask: number; event: NewEvent }
  | { op: 'cancel'; ask: number; id: string }
  | { op: 'letters'; ask: number; limit: number }
  | { op: 'replay'; ask: number; letter: string }
  | { op: 'purge'; ask: number; which: Purge }
  /** Answered when nothing is due and nothing runs. */
  | { op: 'idle'; ask: number }

/** Done sooner or later; a failed write is tried again. */
export type Tell =
  | { op: 'handle'; service: ServiceName; name: string; concurrency: number }
  | { op: 'subscribe'; service: ServiceName; channel: Channel; name: string }
  | { op: 'watch'; name: string }
  | { op: 'start' }
  | { op: 'drain' }
  | { op: 'done'; seq: number }
  | { op: 'retry'; seq: number; dueAtMs: number }
  | { op: 'dead'; seq: number; error: AppError }
  | { op: 'cancelled'; seq: number }
  | { op: 'released'; seq: number }
  | { op: 'progress'; seq: number; fraction: number }
  | { op: 'handled'; cursor: CursorName; seq: number }
  | { op: 'parked'; cursor: CursorName; seq: number; error: AppError }

export type Op = Ask | Tell

export type Reply =
  | { ask: number; ok: true; type: 'enqueued'; ids: readonly string[]; accepted: number }
  | { ask: number; ok: true; type: 'published' }
  | { ask: number; ok: true; type: 'cancelled'; found: 'waiting' | 'running' | 'nowhere' }
  | { ask: number; ok: true; type: 'letters'; letters: readonly DeadLetter[] }
  | { ask: number; ok: true; type: 'replayed'; found: boolean }
  | { ask: number; ok: true; type: 'purged'; count: number }
  | { ask: number; ok: true; type: 'idle' }
  | { ask: number; ok: false; error: AppError }

interface ReplyTypes {
  enqueue: 'enqueued'
  publish: 'published'
  cancel: 'cancelled'
  letters: 'letters'
  replay: 'replayed'
  purge: 'purged'
  idle: 'idle'
}

export type ReplyTo<A extends Ask> = Extract<Reply, { type: ReplyTypes[A['op']] }>

export type ToWriter = { type: 'ops'; nowMs: number; ops: readonly Op[] } | { type: 'close' }

/** What became of a batch, sent after its COMMIT. */
export interface Report {
  readonly type: 'report'
  readonly replies: readonly Reply[]
  /** Their turn has come; they are marked as running in the same commit. */
  readonly claimed: readonly StoredTask[]
  readonly deliveries: readonly { cursor: CursorName; events: readonly StoredEvent[] }[]
  /** Just published, of names that are watched. */
  readonly watched: readonly StoredEvent[]
  /** When a delayed or retried task is due next. */
  readonly nextDueAtMs: number | null
  readonly committed: { operations: number; durationMs: number } | null
}

export type FromWriter =
  | { type: 'opened' }
  | Report
  | { type: 'closed' }
  /** Before `opened`: it could not be opened. Later: a write failed and will be tried again. */
  | { type: 'failed'; error: AppError; detail: string }

export interface StoreOptions {
  readonly file: string
  readonly nowMs: number
  /** Unfinished tasks that a service may have. */
  readonly maxDepth: number
  /** How long the key of an ended task holds. */
  readonly keyRetentionMs: number
  /** How long events wait for a service that does not run here. */
  readonly eventRetentionMs: number
}
