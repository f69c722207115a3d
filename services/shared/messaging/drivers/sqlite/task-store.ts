import type { DatabaseSync } from 'node:sqlite'
import type { ServiceName } from '#contracts/definitions.ts'
import type { AppError } from '#contracts/errors.ts'
import { integer, integerOrNull, text } from './columns.ts'
import type { NewTask, StoredTask } from './protocol.ts'
import { StoreError } from './store-error.ts'
import { Tallies, type TaskState } from './tallies.ts'
import { type Task, toCounted, toState, toTask } from './task-rows.ts'
import { prepareTaskStatements } from './task-statements.ts'

/**
 * A task that was running when its process died runs again. One that was running at this many deaths is taken to be
 * their cause and given up; by far enough that bad luck alone does not reach it.
 */
const MAX_INTERRUPTIONS = 10
/** Told to who finds the queue full: about how long a service takes to work off some hundred tasks. */
const QUEUE_FULL_RETRY_MS = 1_000
const PRUNE_ROWS = 2_000

/** A task that was given up, and why. */
export interface Loss {
  readonly task: Task
  readonly error: AppError
}

/** Unfinished tasks and the keys of all. Every call is part of the caller's transaction. */
export class TaskStore {
  readonly #tallies = new Tallies()
  readonly #running = new Map<number, Task>()
  readonly #statements: ReturnType<typeof prepareTaskStatements>
  readonly #maxDepth: number
  readonly #keyRetentionMs: number
  #lastSeq = 0
  #lastTurn = 0
  #nextDueAtMs: number | null = null
  #open = false

  constructor(db: DatabaseSync, { maxDepth, keyRetentionMs }: { maxDepth: number; keyRetentionMs: number }) {
    this.#statements = prepareTaskStatements(db)
    this.#maxDepth = maxDepth
    this.#keyRetentionMs = keyRetentionMs
    this.reload()
  }

  get nextDueAtMs(): number | null {
    return this.#nextDueAtMs
  }

  get isIdle(): boolean {
    return !this.#open || this.#tallies.isIdle
  }

  /** Claims begin or end. */
  open(open: boolean): void {
    this.#open = open
  }

  handle(service: ServiceName, name: string, concurrency: number): void {
    this.#tallies.handle(service, name, concurrency)
  }

  /** Counts afresh, after a transaction failed. */
  reload(): void {
    this.#tallies.reset()
    this.#running.clear()
    for (const row of this.#statements.counts.all()) {
      this.#tallies.move(toCounted(row), null, toState(row), integer(row, 'count'))
    }
    for (const row of this.#statements.running.all()) this.#running.set(integer(row, 'seq'), toTask(row))
    const last = this.#statements.last.get()
    this.#lastSeq = last ? integer(last, 'seq') : 0
    this.#lastTurn = last ? integer(last, 'turn') : 0
    this.#findNextDue()
  }

  /** Voids the claims of the process that had the file before. @returns those that were running at too many deaths */
  recover(nowMs: number): Loss[] {
    const losses: Loss[] = []
    for (const task of [...this.#running.values()]) {
      const row = this.#statements.interrupt.get(task.seq)
      if (!row) continue
      if (integer(row, 'cancelled')) this.cancelled(task.seq)
      else if (integer(row, 'interruptions') >= MAX_INTERRUPTIONS) {
        const message = `Gave up: the process ended ${MAX_INTERRUPTIONS} times while this task ran.`
        losses.push(...this.dead(task.seq, { code: 'internal', message }, nowMs))
      } else this.released(task.seq)
    }
    return losses
  }

  /**
   * All or none. @returns the tasks' ids, for those whose key is known the earlier task's, and what may run at once
   * @throws {StoreError} `queue-full`
   */
  enqueue(tasks: readonly NewTask[], nowMs: number): { ids: string[]; accepted: number; claimed: StoredTask[] } {
    const [first] = tasks
    if (first) this.#checkDepth(first.service, tasks.length)
    const ids: string[] = []
    const claimed: StoredTask[] = []
    let accepted = 0
    for (const task of tasks) {
      const earlier = this.#takeKey(task, nowMs)
      ids.push(earlier ?? task.id)
      if (earlier) continue
      accepted += 1
      const stored = this.#insert(task, nowMs)
      if (stored) claimed.push(stored)
    }
    return { ids, accepted, claimed }
  }

  /**
   * One that was given up, with its key, unless another task has that by now. @returns the task if it may run at once
   * @throws {StoreError} `queue-full`
   */
  replay(task: NewTask, nowMs: number): StoredTask | undefined {
    this.#checkDepth(task.service, 1)
    const { service, name, key, id } = task
    if (key === null) return this.#insert(task, nowMs)
    const held = this.#statements.key.get(service, name, key)
    if (held && text(held, 'task_id') !== id) return this.#insert({ ...task, key: null }, nowMs)
    this.#statements.takeKey.run(service, name, key, id)
    return this.#insert(task, nowMs)
  }

  done(seq: number, nowMs: number): void {
    const task = this.#running.get(seq)
    if (!task) return
    if (task.key !== null)
      this.#statements.expireKey.run(nowMs + this.#keyRetentionMs, task.service, task.name, task.key)
    this.#end(task, 'running')
  }

  retry(seq: number, dueAtMs: number): void {
    const task = this.#running.get(seq)
    if (!task) return
    this.#statements.retry.run(dueAtMs, seq)
    this.#running.delete(seq)
    this.#tallies.move(task, 'running', 'backoff')
    this.#nextDueAtMs = Math.min(this.#nextDueAtMs ?? dueAtMs, dueAtMs)
  }

  /** The key still holds: what failed for good is replayed from the dead letters, not enqueued again. */
  dead(seq: number, error: AppError, nowMs: number): Loss[] {
    const task = this.#running.get(seq)
    if (!task) return []
    this.done(seq, nowMs)
    return [{ task, error }]
  }

  cancelled(seq: number): void {
    const task = this.#running.get(seq)
    if (!task) return
    this.#freeKey(task)
    this.#end(task, 'running')
  }

  /** Its turn was taken back; it is first in line again. */
  released(seq: number): void {
    const task = this.#running.get(seq)
    if (!task) return
    this.#statements.setState.run('ready', seq)
    this.#running.delete(seq)
    this.#tallies.move(task, 'running', 'ready')
  }

  progress(seq: number, fraction: number): void {
    if (this.#running.has(seq)) this.#statements.progress.run(fraction, seq)
  }

  cancel(id: string): 'waiting' | 'running' | 'nowhere' {
    const row = this.#statements.byId.get(id)
    if (!row) return 'nowhere'
    const task = toTask(row)
    const state = toState(row)
    if (state === 'running') {
      // Its handler ends it; should the process die before that, it is not run again
      this.#statements.flagCancelled.run(task.seq)
      return 'running'
    }
    this.#freeKey(task)
    this.#end(task, state)
    return 'waiting'
  }

  /** Gives tasks whose time has come their place, and claims all that may run. */
  claim(nowMs: number): StoredTask[] {
    if (this.#nextDueAtMs !== null && this.#nextDueAtMs <= nowMs) this.#promoteDue(nowMs)
    const claimed: StoredTask[] = []
    if (!this.#open) return claimed
    for (const { service, name, count } of this.#tallies.claimable()) {
      for (const row of this.#statements.ready.all(service, name, count)) {
        const waiting = toTask(row)
        const task = { ...waiting, attempt: waiting.attempt + 1 }
        this.#statements.claim.run(task.seq)
        this.#running.set(task.seq, task)
        this.#tallies.move(task, 'ready', 'running')
        claimed.push(task)
      }
    }
    return claimed
  }

  /** Whether the end of this running task lets another one run. */
  isHoldingUp(seq: number): boolean {
    const task = this.#running.get(seq)
    if (!task) return false
    if (task.lane !== null && this.#tallies.inLane(task.service, task.lane) > 1) return true
    return this.#tallies.readyOf(task) > 0 && this.#tallies.freeFor(task) === 0
  }

  /** Forgets keys that have held long enough. @returns whether there may be more */
  prune(nowMs: number): boolean {
    return this.#statements.pruneKeys.run(nowMs, PRUNE_ROWS).changes === PRUNE_ROWS
  }

  #checkDepth(service: ServiceName, more: number): void {
    if (this.#tallies.depthOf(service) + more <= this.#maxDepth) return
    const message = `The ${service} service has ${this.#maxDepth} tasks waiting. Try again later.`
    throw new StoreError({ code: 'queue-full', message, retryAfterMs: QUEUE_FULL_RETRY_MS })
  }

  /** @returns the id of the task that holds the key */
  #takeKey({ service, name, key, id }: NewTask, nowMs: number): string | undefined {
    if (key === null) return undefined
    const held = this.#statements.key.get(service, name, key)
    if (held) {
      const expiresAtMs = integerOrNull(held, 'expires_at')
      if (expiresAtMs === null || expiresAtMs > nowMs) return text(held, 'task_id')
    }
    this.#statements.takeKey.run(service, name, key, id)
    return undefined
  }

  #freeKey({ service, name, key }: Task): void {
    if (key !== null) this.#statements.freeKey.run(service, name, key)
  }

  /** @returns the task if it runs at once */
  #insert(task: NewTask, nowMs: number): StoredTask | undefined {
    const seq = ++this.#lastSeq
    const turn = ++this.#lastTurn
    const state = this.#firstState(task, nowMs)
    const attempt = state === 'running' ? 1 : 0
    const { id, service, name, version, key, lane, priority, dueAtMs, trace, atMs, payload } = task
    this.#statements.insert.run(
      ...[seq, id, service, name, version, key, lane, priority],
      ...[state, turn, dueAtMs, attempt, trace, atMs, payload],
    )
    this.#tallies.move(task, null, state)
    if (state === 'delayed') this.#nextDueAtMs = Math.min(this.#nextDueAtMs ?? dueAtMs, dueAtMs)
    if (state !== 'running') return undefined
    const stored = { seq, id, service, name, version, key, lane, trace, atMs, payload, dueAtMs, attempt, failures: 0 }
    this.#running.set(seq, stored)
    return stored
  }

  #firstState(task: NewTask, nowMs: number): TaskState {
    if (task.dueAtMs > nowMs) return 'delayed'
    if (task.lane !== null && this.#tallies.inLane(task.service, task.lane) > 0) return 'queued'
    const isNext = this.#open && this.#tallies.readyOf(task) === 0 && this.#tallies.freeFor(task) > 0
    return isNext ? 'running' : 'ready'
  }

  #end(task: Task, from: TaskState): void {
    this.#statements.remove.run(task.seq)
    this.#running.delete(task.seq)
    this.#tallies.move(task, from, null)
    if (from === 'delayed' || from === 'queued' || task.lane === null) return
    if (this.#tallies.inLane(task.service, task.lane) === 0) return
    const row = this.#statements.nextInLane.get(task.service, task.lane)
    // A new turn, so that a lane with a long queue does not go before others that became ready meanwhile
    if (row) this.#makeReady(toTask(row), 'queued', ++this.#lastTurn)
  }

  #promoteDue(nowMs: number): void {
    for (const row of this.#statements.due.all(nowMs)) {
      const task = toTask(row)
      const isBlocked = task.lane !== null && this.#tallies.inLane(task.service, task.lane) > 0
      if (toState(row) === 'backoff') this.#makeReady(task, 'backoff', integer(row, 'turn'))
      else if (!isBlocked) this.#makeReady(task, 'delayed', ++this.#lastTurn)
      else {
        this.#statements.place.run('queued', ++this.#lastTurn, task.seq)
        this.#tallies.move(task, 'delayed', 'queued')
      }
    }
    this.#findNextDue()
  }

  #makeReady(task: Task, from: TaskState, turn: number): void {
    this.#statements.place.run('ready', turn, task.seq)
    this.#tallies.move(task, from, 'ready')
  }

  #findNextDue(): void {
    const row = this.#statements.nextDue.get()
    this.#nextDueAtMs = row ? integerOrNull(row, 'due_at') : null
  }
}
