import type { EventContract, HintContract, RequestContract, ServiceName, TaskContract } from '#contracts/definitions.ts'
import type { TaskId } from '#contracts/ids.ts'

/**
 * The one layer that the services talk through. Two drivers keep the same promises (see `conformance.ts`):
 * SQLite when embedded, Redis when self-hosted.
 *
 * Register handlers first, then `start()`; nothing is delivered before.
 */
export interface Messaging extends AsyncDisposable {
  /**
   * Accepts durable work. Resolves once it is on disk: from then on it is handled at least once, whatever dies.
   * @throws {CodedError} `payload-invalid`, `queue-full` (with `retryAfterMs`), `unavailable` while draining
   */
  enqueue<P>(task: TaskContract<P>, payload: NoInfer<P>, options?: EnqueueOptions): Promise<TaskId>
  enqueueMany<P>(task: TaskContract<P>, payloads: readonly NoInfer<P>[], options?: EnqueueOptions): Promise<TaskId[]>
  /**
   * Withdraws a task that has not started, or aborts the signal of one that runs; unless that one completes all the
   * same, it is not run again and publishes no `<task>.failed`. @returns false if it had ended
   */
  cancel(id: TaskId): Promise<boolean>
  handle<P>(definition: TaskDefinition<P>): void
  handle<P>(task: TaskContract<P>, handler: TaskHandler<P>): void

  /** Resolves once the fact is on disk. @throws {CodedError} `payload-invalid` */
  publish<P>(event: EventContract<P>, payload: NoInfer<P>): Promise<void>
  /**
   * Every event reaches each subscribing service at least once, in the order published, also when the service was down.
   * With `delivery: 'each'` every process of the service gets it, from its start on, and nothing is kept for one that is down.
   */
  subscribe<P>(
    service: ServiceName,
    event: EventContract<P>,
    handler: EventHandler<P>,
    options?: { delivery?: 'one' | 'each' },
  ): void

  /** Asks a service and waits. Volatile. @throws {CodedError} the responder's, or `timeout`, or `unavailable` */
  request<Q, R>(request: RequestContract<Q, R>, payload: NoInfer<Q>, options?: RequestOptions): Promise<R>
  respond<Q, R>(
    request: RequestContract<Q, R>,
    responder: (payload: Q, context: RequestContext) => Promise<R> | R,
  ): void

  /** Tells every process that listens; may be lost. */
  hint<P>(hint: HintContract<P>, payload: NoInfer<P>): void
  onHint<P>(hint: HintContract<P>, listener: (payload: P) => void): () => void

  readonly deadLetters: DeadLetterBox
  /** False once nothing can be stored or delivered any more. For readiness. */
  readonly isAvailable: boolean
  start(): Promise<void>
  /** Resolves when nothing is due and nothing runs; delayed work that is not yet due does not count. For tests. */
  idle(): Promise<void>
  /** Takes no new work, lets what runs finish until the deadline, aborts the rest (it is handled again later), closes. Idempotent. */
  close(options?: { deadlineMs?: number }): Promise<void>
}

/** What was given up. The oldest are thrown away after 30 days. */
export interface DeadLetterBox {
  /** The latest first; 100 unless told. */
  list(options?: { limit?: number }): Promise<DeadLetter[]>
  /**
   * Takes a task out of the box and enqueues it anew, behind those that wait, with all its attempts and the usual priority.
   * @returns false if there is no such letter @throws {CodedError} `queue-full`; `bad-request` for an event, since
   *   the service that could not handle it has long gone on: told late, it would be told something else
   */
  replay(id: string): Promise<boolean>
  /** @returns how many were thrown away */
  purge(which: { ids: readonly string[] } | { olderThanMs: number }): Promise<number>
}

export interface DeadLetter {
  /** Names it among the letters; holds the id of the task or event. */
  readonly id: string
  readonly kind: 'task' | 'event'
  /** The task's, or the one that could not handle the event. */
  readonly service: ServiceName
  readonly name: string
  readonly version: number
  /** JSON, as it was stored. */
  readonly payload: string
  /** Why it was given up: an `ErrorCode` of the version that did it, and a sentence. */
  readonly code: string
  readonly message: string
  readonly atMs: number
  readonly diedAtMs: number
}

export interface EnqueueOptions {
  /**
   * Deduplicates: a second task of this name and key is not accepted again, not even after the first completed; its
   * sender gets the first one's id. Cancelling frees the key. The tasks of `enqueueMany` get `<key>#0`, `<key>#1`, ...
   */
  key?: string
  /** 0 is the most urgent, 9 the least; 5 unless told. Ignored within a lane, where order rules. */
  priority?: number
  /** Not before this many ms from now. Until then it has no place in its lane, and holds nobody up. */
  delayMs?: number
}

export interface RequestOptions {
  /** 5,000 ms unless told. */
  timeoutMs?: number
  signal?: AbortSignal
}

export interface RequestContext {
  signal: AbortSignal
}

export interface TaskContext {
  id: TaskId
  /** From 1. */
  attempt: number
  /** Aborts on timeout, cancellation and drain. */
  signal: AbortSignal
  /** 0 to 1; kept with the task. */
  progress(fraction: number): void
}

/** Safe to run twice with the same payload. Any error is retried, unless it is a `PermanentError`. */
export type TaskHandler<P> = (payload: P, context: TaskContext) => Promise<void> | void
export type EventHandler<P> = (payload: P, context: { id: string; atMs: number }) => Promise<void> | void

export interface TaskPolicy {
  /** Runs at most this often, then it is a dead letter and `<task>.failed` is published. 5 unless told. */
  attempts?: number
  /** Per attempt. 30,000 ms unless told. */
  timeoutMs?: number
  /** How many of this task may run at once in this process. 16 unless told. */
  concurrency?: number
}

/** A task's contract, its policy and the work itself, ready for `messaging.handle`. */
export interface TaskDefinition<P> {
  readonly task: TaskContract<P>
  readonly policy: TaskPolicy
  readonly handler: TaskHandler<P>
}

export function defineTask<P>(task: TaskContract<P>, policy: TaskPolicy, handler: TaskHandler<P>): TaskDefinition<P> {
  return { task, policy, handler }
}
