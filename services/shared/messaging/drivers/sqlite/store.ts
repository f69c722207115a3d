import type { DatabaseSync } from 'node:sqlite'
import { createSortableId } from '../../sortable-id.ts'
import { DeadLetters } from './dead-letters.ts'
import { EventStore } from './event-store.ts'
import type { Op, Reply, Report, StoredEvent, StoredTask, StoreOptions } from './protocol.ts'
import { StoreError } from './store-error.ts'
import { type Loss, TaskStore } from './task-store.ts'

/** The messaging file: applies batches of operations, each batch in one transaction. Synchronous; owned by one thread. */
export class Store {
  readonly #db: DatabaseSync
  readonly #tasks: TaskStore
  readonly #events: EventStore
  readonly #deadLetters: DeadLetters
  readonly #eventRetentionMs: number
  readonly #watchedNames = new Set<string>()
  #idleAsks: number[] = []
  #watched: StoredEvent[] = []

  /** @param db closed with the store @throws {StoreError} `storage-failed` if what it holds can't be read */
  constructor(db: DatabaseSync, { file, nowMs, eventRetentionMs, ...options }: StoreOptions) {
    this.#db = db
    try {
      this.#deadLetters = new DeadLetters(this.#db)
      this.#tasks = new TaskStore(this.#db, options)
      this.#events = new EventStore(this.#db, this.#deadLetters)
      this.#eventRetentionMs = eventRetentionMs
      this.#transact(() => this.#bury(this.#tasks.recover(nowMs), nowMs))
    } catch (error) {
      this.#db.close()
      const message = `The messaging file ${file} is damaged. Move it away to start with an empty one.`
      throw new StoreError({ code: 'storage-failed', message }, { cause: error })
    }
  }

  /**
   * Applies all and says what became of it.
   * @throws if the transaction could not be written; then nothing of it happened
   */
  commit(ops: readonly Op[], nowMs: number): Report {
    const startedMs = performance.now()
    const replies: Reply[] = []
    this.#watched = []
    const { claimed, deliveries } = this.#transact(() => {
      const claimed: StoredTask[] = []
      for (const op of ops) this.#apply(op, nowMs, replies, claimed)
      claimed.push(...this.#tasks.claim(nowMs))
      const deliveries = this.#events.read()
      this.#events.saveCursors()
      return { claimed, deliveries }
    })
    if (this.isIdle) for (const ask of this.#idleAsks.splice(0)) replies.push({ ask, ok: true, type: 'idle' })
    return {
      type: 'report',
      replies,
      claimed,
      deliveries,
      watched: this.#watched,
      nextDueAtMs: this.#tasks.nextDueAtMs,
      committed: ops.length ? { operations: ops.length, durationMs: performance.now() - startedMs } : null,
    }
  }

  /** Whether someone waits for this operation, or for what it sets free; the others may wait for company. */
  isUrgent(op: Op): boolean {
    switch (op.op) {
      case 'progress':
        return false
      case 'done':
        return this.#idleAsks.length > 0 || this.#tasks.isHoldingUp(op.seq)
      case 'handled':
        return this.#idleAsks.length > 0 || this.#events.isHeldBack(op.cursor)
      default:
        return true
    }
  }

  get isIdle(): boolean {
    return this.#tasks.isIdle && this.#events.isIdle
  }

  /** Throws away what nobody needs any more, a bounded piece of it. @returns whether there may be more */
  prune(nowMs: number): boolean {
    return this.#transact(() => {
      const moreEvents = this.#events.trim(nowMs - this.#eventRetentionMs)
      const moreKeys = this.#tasks.prune(nowMs)
      const moreLetters = this.#deadLetters.prune(nowMs)
      return moreEvents || moreKeys || moreLetters
    })
  }

  /** Moves the write-ahead log into the file, so that no commit has to stop for it. */
  checkpoint(): void {
    this.#db.exec('PRAGMA wal_checkpoint(PASSIVE)')
  }

  close(): void {
    this.#db.close()
  }

  #apply(op: Op, nowMs: number, replies: Reply[], claimed: StoredTask[]): void {
    switch (op.op) {
      case 'enqueue':
        this.#orRefuse(op.ask, replies, () => {
          const { claimed: atOnce, ...reply } = this.#tasks.enqueue(op.tasks, nowMs)
          claimed.push(...atOnce)
          replies.push({ ask: op.ask, ok: true, type: 'enqueued', ...reply })
        })
        return
      case 'publish':
        this.#publish(op.event)
        replies.push({ ask: op.ask, ok: true, type: 'published' })
        return
      case 'cancel':
        replies.push({ ask: op.ask, ok: true, type: 'cancelled', found: this.#tasks.cancel(op.id) })
        return
      case 'letters':
        replies.push({ ask: op.ask, ok: true, type: 'letters', letters: this.#deadLetters.list(op.limit) })
        return
      case 'replay':
        this.#orRefuse(op.ask, replies, () => {
          const task = this.#deadLetters.taskOf(op.letter, nowMs)
          if (task) {
            const atOnce = this.#tasks.replay(task, nowMs)
            if (atOnce) claimed.push(atOnce)
            this.#deadLetters.purge({ letters: [op.letter] })
          }
          replies.push({ ask: op.ask, ok: true, type: 'replayed', found: task !== undefined })
        })
        return
      case 'purge':
        replies.push({ ask: op.ask, ok: true, type: 'purged', count: this.#deadLetters.purge(op.which) })
        return
      case 'idle':
        this.#idleAsks.push(op.ask)
        return
      case 'handle':
        this.#tasks.handle(op.service, op.name, op.concurrency)
        return
      case 'subscribe':
        this.#events.subscribe(op.service, op.channel, op.name)
        return
      case 'watch':
        this.#watchedNames.add(op.name)
        return
      case 'start':
      case 'drain':
        this.#tasks.open(op.op === 'start')
        this.#events.open(op.op === 'start')
        return
      case 'done':
        this.#tasks.done(op.seq, nowMs)
        return
      case 'retry':
        this.#tasks.retry(op.seq, op.dueAtMs)
        return
      case 'dead':
        this.#bury(this.#tasks.dead(op.seq, op.error, nowMs), nowMs)
        return
      case 'cancelled':
        this.#tasks.cancelled(op.seq)
        return
      case 'released':
        this.#tasks.released(op.seq)
        return
      case 'progress':
        this.#tasks.progress(op.seq, op.fraction)
        return
      case 'handled':
        this.#events.handled(op.cursor, op.seq)
        return
      case 'parked':
        this.#events.parked(op.cursor, op.seq, op.error, nowMs)
        return
    }
  }

  /** What it refuses, it refuses before anything was written; any other error fails the whole transaction. */
  #orRefuse(ask: number, replies: Reply[], work: () => void): void {
    try {
      work()
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      replies.push({ ask, ok: false, error: error.app })
    }
  }

  #publish(event: Parameters<EventStore['append']>[0]): void {
    const stored = this.#events.append(event)
    if (this.#watchedNames.has(event.name)) this.#watched.push(stored)
  }

  /** Keeps lost tasks as dead letters and publishes their `<task>.failed`, so that nobody waits for them. */
  #bury(losses: readonly Loss[], nowMs: number): void {
    for (const { task, error } of losses) {
      this.#deadLetters.bury({ kind: 'task', ...task }, error, nowMs)
      this.#publish({
        id: createSortableId(nowMs),
        channel: `${task.service}_events`,
        name: `${task.name}.failed`,
        version: 1,
        key: null,
        trace: task.trace,
        atMs: nowMs,
        // The shape of `failedEventOf`; the payload is put in as it was stored
        payload: `{"taskId":${JSON.stringify(task.id)},"code":"${error.code}","message":${JSON.stringify(error.message)},"payload":${toJson(task.payload)}}`,
      })
    }
  }

  #transact<T>(work: () => T): T {
    this.#events.begin()
    this.#db.exec('BEGIN')
    try {
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // A full disk has rolled back already
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      this.#tasks.reload()
      this.#events.rollback()
      throw error
    }
  }
}

/** A stored payload that is no JSON would make the event that holds it unreadable too. */
function toJson(payload: string): string {
  try {
    JSON.parse(payload)
    return payload
  } catch {
    return 'null'
  }
}
