import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Channel, ServiceName } from '#contracts/definitions.ts'
import type { AppError } from '#contracts/errors.ts'
import type { Envelope } from '../../envelope.ts'

/** `service` is the task's, or the one that could not handle the event. */
export type DeadLetter = Envelope & { service: ServiceName } & (
    | { kind: 'task'; lane: string | null; attempt: number }
    | { kind: 'event'; channel: Channel }
  )

/** How long they are kept. */
const RETENTION_MS = 30 * 24 * 60 * 60 * 1_000
const PRUNE_ROWS = 2_000

/** Tasks and events that were given up, kept for a while to be read. */
export class DeadLetters {
  readonly #insert: StatementSync
  readonly #prune: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(`INSERT INTO dead_letters
      (kind, id, service, channel, name, version, key, lane, attempt, code, message, trace, at, died_at, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
    // Looks at the oldest only: they died in the order of their numbers, or nearly so
    this.#prune = db.prepare(`DELETE FROM dead_letters WHERE died_at <= ? AND seq IN
      (SELECT seq FROM dead_letters ORDER BY seq LIMIT ${PRUNE_ROWS})`)
  }

  /** Throws away the oldest that were kept long enough. @returns whether there may be more */
  prune(nowMs: number): boolean {
    return this.#prune.run(nowMs - RETENTION_MS).changes === PRUNE_ROWS
  }

  bury(letter: DeadLetter, { code, message }: AppError, nowMs: number): void {
    const { kind, id, service, name, version, key, trace, atMs, payload } = letter
    const channel = letter.kind === 'event' ? letter.channel : null
    const [lane, attempt] = letter.kind === 'task' ? [letter.lane, letter.attempt] : [null, null]
    this.#insert.run(
      ...[kind, id, service, channel, name, version, key, lane, attempt],
      ...[code, message, trace, atMs, nowMs, payload],
    )
  }
}
