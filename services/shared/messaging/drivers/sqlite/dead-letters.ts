import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Channel, ServiceName } from '#contracts/definitions.ts'
import type { AppError } from '#contracts/errors.ts'
import type { Envelope } from '../../envelope.ts'

/** `service` is the task's, or the one that could not handle the event. */
export type DeadLetter = Envelope & { service: ServiceName } & (
    | { kind: 'task'; lane: string | null; attempt: number }
    | { kind: 'event'; channel: Channel }
  )

/** Tasks and events that were given up, kept to be read, replayed or purged. */
export class DeadLetters {
  readonly #insert: StatementSync

  constructor(db: DatabaseSync) {
    this.#insert = db.prepare(`INSERT INTO dead_letters
      (kind, id, service, channel, name, version, key, lane, attempt, code, message, trace, at, died_at, payload)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
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
