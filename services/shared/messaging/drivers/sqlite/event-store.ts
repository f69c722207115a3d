import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Channel, ServiceName } from '#contracts/definitions.ts'
import type { AppError } from '#contracts/errors.ts'
import { allChannels, channelOf, integer, type Row, text, textOrNull } from './columns.ts'
import type { DeadLetters } from './dead-letters.ts'
import type { CursorName, NewEvent, StoredEvent } from './protocol.ts'

/** Events that a feed may hold unhandled; the rest waits on disk. */
const WINDOW = 256
/** Rows deleted per trim, so that no commit waits long for one. */
const TRIM_ROWS = 2_000

interface Cursor extends CursorName {
  readonly names: Set<string>
  /** All up to here is handled, and stored as such with the next commit. */
  seq: number
  /** All up to here was read; what this service subscribes to of it was sent to the main thread. */
  readTo: number
  inFlight: number
  moved: boolean
}

/** The log and the places in it. Every call is part of the caller's transaction. */
export class EventStore {
  readonly #cursors = new Map<string, Cursor>()
  readonly #heads = new Map<Channel, number>()
  readonly #deadLetters: DeadLetters
  readonly #statements: ReturnType<typeof prepare>
  #lastSeq = 0
  #open = false
  #checkpoint: Cursor[] = []

  constructor(db: DatabaseSync, deadLetters: DeadLetters) {
    this.#statements = prepare(db)
    this.#deadLetters = deadLetters
    this.#load()
  }

  /** Deliveries begin or end. */
  open(open: boolean): void {
    this.#open = open
  }

  /** Remembers where everything is, for `rollback`. */
  begin(): void {
    this.#checkpoint = [...this.#cursors.values()].map(cursor => ({ ...cursor }))
  }

  /** The transaction failed: what was read in it was not sent. */
  rollback(): void {
    this.#cursors.clear()
    for (const cursor of this.#checkpoint) this.#cursors.set(keyOf(cursor), cursor)
    this.#load()
  }

  /** From now on the events of this name wait for the service, also while it does not run. */
  subscribe(service: ServiceName, channel: Channel, name: string): void {
    const known = this.#cursors.get(keyOf({ service, channel }))
    if (known) {
      known.names.add(name)
      return
    }
    const stored = this.#statements.cursor.get(service, channel)
    const seq = stored ? integer(stored, 'seq') : this.#lastSeq
    if (!stored) this.#statements.createCursor.run(service, channel, seq)
    const cursor = { service, channel, names: new Set([name]), seq, readTo: seq, inFlight: 0, moved: false }
    this.#cursors.set(keyOf(cursor), cursor)
  }

  append(event: NewEvent): StoredEvent {
    const seq = this.#lastSeq + 1
    const { channel, id, name, version, key, trace, atMs, payload } = event
    this.#statements.append.run(channel, seq, id, name, version, key, trace, atMs, payload)
    this.#lastSeq = seq
    this.#heads.set(channel, seq)
    return { ...event, seq }
  }

  /** The event at `seq` and all before it are handled. */
  handled(name: CursorName, seq: number): void {
    const cursor = this.#cursors.get(keyOf(name))
    if (!cursor) return
    cursor.inFlight -= 1
    this.#move(cursor, cursor.inFlight === 0 ? cursor.readTo : seq)
  }

  parked(name: CursorName, seq: number, error: AppError, nowMs: number): void {
    const row = this.#statements.one.get(name.channel, seq)
    if (row) this.#deadLetters.bury({ kind: 'event', service: name.service, ...toEvent(row) }, error, nowMs)
    this.handled(name, seq)
  }

  /** What the feeds have room for, oldest first. */
  read(): { cursor: CursorName; events: StoredEvent[] }[] {
    const deliveries: { cursor: CursorName; events: StoredEvent[] }[] = []
    if (!this.#open) return deliveries
    for (const cursor of this.#cursors.values()) {
      const events = this.#readFor(cursor)
      const { service, channel } = cursor
      if (events.length) deliveries.push({ cursor: { service, channel }, events })
    }
    return deliveries
  }

  saveCursors(): void {
    for (const cursor of this.#cursors.values()) {
      if (cursor.moved) this.#statements.saveCursor.run(cursor.seq, cursor.service, cursor.channel)
      cursor.moved = false
    }
  }

  get isIdle(): boolean {
    if (!this.#open) return true
    return [...this.#cursors.values()].every(cursor => cursor.inFlight === 0 && cursor.readTo >= this.#headOf(cursor))
  }

  /** Whether unread events wait until this one is handled. */
  isHeldBack(name: CursorName): boolean {
    const cursor = this.#cursors.get(keyOf(name))
    return cursor !== undefined && cursor.readTo < this.#headOf(cursor)
  }

  /**
   * Deletes what no cursor needs. A service that runs here keeps all it has not handled; one that does not keeps
   * what is younger than `beforeMs`. @returns whether there may be more
   */
  trim(beforeMs: number): boolean {
    let more = false
    for (const channel of allChannels()) {
      const stored = this.#statements.cursors.all(channel).map(row => ({ row, seq: integer(row, 'seq') }))
      const live = [...this.#cursors.values()].filter(cursor => cursor.channel === channel)
      const isLive = (row: Row) => live.some(({ service }) => service === text(row, 'service'))
      const young = this.#statements.firstSince.get(channel, beforeMs)
      const expired = young ? integer(young, 'seq') - 1 : this.#headOf({ channel })
      const upTo = Math.min(
        this.#headOf({ channel }),
        ...live.map(({ seq }) => seq),
        ...stored.filter(({ row }) => !isLive(row)).map(({ seq }) => Math.max(seq, expired)),
      )
      more ||= this.#statements.trim.run(channel, channel, upTo, TRIM_ROWS).changes === TRIM_ROWS
    }
    return more
  }

  #readFor(cursor: Cursor): StoredEvent[] {
    const events: StoredEvent[] = []
    // Read on only when half of the window is free: few big reads instead of many small ones
    if (cursor.inFlight > WINDOW / 2) return events
    while (cursor.readTo < this.#headOf(cursor) && cursor.inFlight < WINDOW) {
      const rows = this.#statements.read.all(cursor.channel, cursor.readTo, WINDOW - cursor.inFlight)
      for (const row of rows) {
        const event = toEvent(row)
        cursor.readTo = event.seq
        if (!cursor.names.has(event.name)) continue
        events.push(event)
        cursor.inFlight += 1
      }
      if (rows.length === 0) cursor.readTo = this.#headOf(cursor)
    }
    if (cursor.inFlight === 0) this.#move(cursor, cursor.readTo)
    return events
  }

  #move(cursor: Cursor, seq: number): void {
    if (seq <= cursor.seq) return
    cursor.seq = seq
    cursor.moved = true
  }

  #headOf({ channel }: Pick<Cursor, 'channel'>): number {
    return this.#heads.get(channel) ?? 0
  }

  #load(): void {
    this.#heads.clear()
    this.#lastSeq = integerOf(this.#statements.lastSeq.get())
    for (const row of this.#statements.heads.all()) this.#heads.set(channelOf(row), integer(row, 'seq'))
  }
}

function keyOf({ service, channel }: CursorName): string {
  return `${service}/${channel}`
}

function toEvent(row: Row): StoredEvent {
  return {
    seq: integer(row, 'seq'),
    channel: channelOf(row),
    id: text(row, 'id'),
    name: text(row, 'name'),
    version: integer(row, 'version'),
    key: textOrNull(row, 'key'),
    trace: text(row, 'trace'),
    atMs: integer(row, 'at'),
    payload: text(row, 'payload'),
  }
}

function integerOf(row: Row | undefined): number {
  return row ? integer(row, 'seq') : 0
}

function prepare(db: DatabaseSync) {
  const to = (sql: string): StatementSync => db.prepare(sql)
  return {
    append: to('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    read: to('SELECT * FROM events WHERE channel = ? AND seq > ? ORDER BY seq LIMIT ?'),
    one: to('SELECT * FROM events WHERE channel = ? AND seq = ?'),
    cursor: to('SELECT seq FROM cursors WHERE service = ? AND channel = ?'),
    cursors: to('SELECT service, seq FROM cursors WHERE channel = ?'),
    createCursor: to('INSERT INTO cursors VALUES (?, ?, ?)'),
    saveCursor: to('UPDATE cursors SET seq = ? WHERE service = ? AND channel = ?'),
    heads: to('SELECT channel, max(seq) AS seq FROM events GROUP BY channel'),
    // Of the cursors too: a log that was trimmed to nothing goes on counting
    lastSeq: to(
      'SELECT max(coalesce((SELECT max(seq) FROM events), 0), coalesce((SELECT max(seq) FROM cursors), 0)) AS seq',
    ),
    firstSince: to('SELECT seq FROM events WHERE channel = ? AND at >= ? ORDER BY seq LIMIT 1'),
    trim: to(`DELETE FROM events WHERE channel = ? AND seq IN
      (SELECT seq FROM events WHERE channel = ? AND seq <= ? ORDER BY seq LIMIT ?)`),
  }
}
