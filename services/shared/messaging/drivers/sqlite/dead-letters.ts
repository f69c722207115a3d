import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Channel, ServiceName } from '#contracts/definitions.ts'
import type { AppError } from '#contracts/errors.ts'
import type { Envelope } from '../../envelope.ts'
import type { DeadLetter } from '../../messaging.ts'
import { DEFAULT_PRIORITY } from '../../placement.ts'
import { integer, type Row, serviceOf, text, textOrNull } from './columns.ts'
import type { NewTask, Purge } from './protocol.ts'
import { StoreError } from './store-error.ts'

/** `service` is the task's, or the one that could not handle the event. */
export type GivenUp = Envelope & { service: ServiceName } & (
    | { kind: 'task'; lane: string | null; attempt: number }
    | { kind: 'event'; channel: Channel }
  )

/** How long they are kept. */
const RETENTION_MS = 30 * 24 * 60 * 60 * 1_000
const PRUNE_ROWS = 2_000

/** Tasks and events that were given up, kept for a while to be read, replayed or purged. */
export class DeadLetters {
  readonly #insert: StatementSync
  readonly #prune: StatementSync
  readonly #list: StatementSync
  readonly #find: StatementSync
  readonly #remove: StatementSync
  readonly #removeOld: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(`INSERT INTO dead_letters
      (kind, id, service, channel, name, version, key, lane, attempt, code, message, trace, at, died_at, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    // Looks at the oldest only: they died in the order of their numbers, or nearly so
    this.#prune = db.prepare(`DELETE FROM dead_letters WHERE died_at <= ? AND seq IN
      (SELECT seq FROM dead_letters ORDER BY seq LIMIT ${PRUNE_ROWS})`)
    // An event may be given up by several services; by each only once
    const letter = `service || '/' || id`
    this.#list = db.prepare(`SELECT *, ${letter} AS letter FROM dead_letters ORDER BY seq DESC LIMIT ?`)
    this.#find = db.prepare(`SELECT * FROM dead_letters WHERE ${letter} = ?`)
    this.#remove = db.prepare(`DELETE FROM dead_letters WHERE ${letter} = ?`)
    this.#removeOld = db.prepare('DELETE FROM dead_letters WHERE died_at <= ?')
  }

  /** The latest first. */
  list(limit: number): DeadLetter[] {
    return this.#list.all(limit).map(toLetter)
  }

  /** To be enqueued anew. @returns undefined if there is no such letter @throws {StoreError} `bad-request` for an event */
  taskOf(letter: string, nowMs: number): NewTask | undefined {
    const row = this.#find.get(letter)
    if (!row) return undefined
    if (text(row, 'kind') === 'event') {
      throw new StoreError({ code: 'bad-request', message: 'Only tasks can be replayed, this is an event.' })
    }
    return {
      id: text(row, 'id'),
      service: serviceOf(row),
      name: text(row, 'name'),
      version: integer(row, 'version'),
      key: textOrNull(row, 'key'),
      lane: textOrNull(row, 'lane'),
      priority: DEFAULT_PRIORITY,
      dueAtMs: nowMs,
      trace: text(row, 'trace'),
      atMs: integer(row, 'at'),
      payload: text(row, 'payload'),
    }
  }

  /** @returns how many there were */
  purge(which: Purge): number {
    if ('diedUpToMs' in which) return Number(this.#removeOld.run(which.diedUpToMs).changes)
    return which.letters.reduce((count, letter) => count + Number(this.#remove.run(letter).changes), 0)
  }

  /** Throws away the oldest that were kept long enough. @returns whether there may be more */
  prune(nowMs: number): boolean {
    return this.#prune.run(nowMs - RETENTION_MS).changes === PRUNE_ROWS
  }

  bury(letter: GivenUp, { code, message }: AppError, nowMs: number): void {
    const { kind, id, service, name, version, key, trace, atMs, payload } = letter
    const channel = letter.kind === 'event' ? letter.channel : null
    const [lane, attempt] = letter.kind === 'task' ? [letter.lane, letter.attempt] : [null, null]
    this.#insert.run(
      ...[kind, id, service, channel, name, version, key, lane, attempt],
      ...[code, message, trace, atMs, nowMs, payload],
    )
  }
}

function toLetter(row: Row): DeadLetter {
  return {
    id: text(row, 'letter'),
    kind: text(row, 'kind') === 'task' ? 'task' : 'event',
    service: serviceOf(row),
    name: text(row, 'name'),
    version: integer(row, 'version'),
    payload: text(row, 'payload'),
    code: text(row, 'code'),
    message: text(row, 'message'),
    atMs: integer(row, 'at'),
    diedAtMs: integer(row, 'died_at'),
  }
}
