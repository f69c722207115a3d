import type { AppError } from '#contracts/errors.ts'
import type { FromWriter, Op, Reply } from './protocol.ts'
import type { Store } from './store.ts'

/** What nobody waits for may wait this long for company: each write costs a flush of the disk. */
const LINGER_MS = 3
/** Before a failed write is tried again, e.g. on a full disk. */
const RETRY_MS = 250
/** Quiet time before house-keeping, and time between two rounds of it. */
const QUIET_MS = 500
const PRUNE_EVERY_MS = 60_000

/** Writes all that has come in since the last write in one transaction, then tells what became of it. */
export class GroupCommit {
  readonly #store: Store
  readonly #post: (message: FromWriter) => void
  #ops: Op[] = []
  #nowMs: number
  #soon: NodeJS.Immediate | undefined
  #later: NodeJS.Timeout | undefined
  #quiet: NodeJS.Timeout | undefined
  #prunedAtMs = 0

  constructor(store: Store, nowMs: number, post: (message: FromWriter) => void) {
    this.#store = store
    this.#nowMs = nowMs
    this.#post = post
  }

  add(ops: readonly Op[], nowMs: number): void {
    this.#nowMs = nowMs
    this.#ops.push(...ops)
    // Without operations it is the clock that woke us
    if (ops.length === 0 || ops.some(op => this.#store.isUrgent(op))) this.#flushSoon()
    else this.#later ??= setTimeout(() => this.flush(), LINGER_MS)
  }

  flush(): void {
    clearImmediate(this.#soon)
    clearTimeout(this.#later)
    this.#soon = undefined
    this.#later = undefined
    const ops = this.#ops
    this.#ops = []
    try {
      this.#post(this.#store.commit(ops, this.#nowMs))
    } catch (error) {
      this.#recover(ops, error)
    }
    this.#houseKeep()
  }

  close(): void {
    if (this.#ops.length) this.flush()
    clearImmediate(this.#soon)
    clearTimeout(this.#later)
    clearTimeout(this.#quiet)
    this.#store.close()
  }

  /** After the messages that are already here, so that they go along. */
  #flushSoon(): void {
    this.#soon ??= setImmediate(() => this.flush())
  }

  /** Who waits is told; what is told once only (an outcome, a cursor) is tried again. */
  #recover(ops: readonly Op[], error: unknown): void {
    const app: AppError = {
      code: 'storage-failed',
      message: 'Nothing could be saved. Check that the disk is not full.',
    }
    const replies: Reply[] = []
    for (const op of ops) {
      if ('ask' in op && op.op !== 'idle') replies.push({ ask: op.ask, ok: false, error: app })
      else this.#ops.push(op)
    }
    const detail = error instanceof Error ? error.message : String(error)
    this.#post({ type: 'failed', error: app, detail })
    this.#post({
      ...{ type: 'report', replies, claimed: [], deliveries: [], watched: [] },
      ...{ nextDueAtMs: null, committed: null },
    })
    this.#later = setTimeout(() => this.flush(), RETRY_MS)
  }

  /** In a quiet moment; a server that has none trims what is due right after a write, one bounded piece at a time. */
  #houseKeep(): void {
    if (this.#isPruneDue()) this.#prune()
    this.#waitForQuiet()
  }

  #waitForQuiet(): void {
    clearTimeout(this.#quiet)
    this.#quiet = setTimeout(() => {
      const mayPrune = this.#prunedAtMs === 0 || this.#isPruneDue()
      const isDone = mayPrune ? this.#prune() : true
      // A checkpoint that fails, e.g. on a full disk, must not end the thread: the log keeps all, and it is tried again
      if (!isDone || !this.#checkpoint()) this.#waitForQuiet()
    }, QUIET_MS)
  }

  #isPruneDue(): boolean {
    return performance.now() - this.#prunedAtMs >= PRUNE_EVERY_MS
  }

  /** @returns whether nothing is left to do for now */
  #prune(): boolean {
    try {
      if (this.#store.prune(this.#nowMs)) return false
    } catch {
      // a disk that is in trouble is reported by the next write
    }
    this.#prunedAtMs = performance.now()
    return true
  }

  #checkpoint(): boolean {
    try {
      this.#store.checkpoint()
      return true
    } catch {
      return false
    }
  }
}
