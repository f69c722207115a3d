import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type Dialect, Kysely } from 'kysely'
import { Migrator } from 'kysely/migration'
import { CodedError } from '#contracts/errors.ts'
import { createMeetingRepository, type MeetingRepository } from './meetings.ts'
import { meetings } from './migrations/2026-01-meetings.ts'
import { NodeSqliteDialect } from './node-sqlite-dialect.ts'
import { createParticipantRepository, type ParticipantRepository } from './participants.ts'
import { createStreamRepository, type StreamRepository } from './streams.ts'
import type { Database, Tables } from './tables.ts'

export interface Repositories {
  meetings: MeetingRepository
  participants: ParticipantRepository
  streams: StreamRepository
}

/** What the meeting service remembers. One set of migrations and repositories for every database. */
export interface Records extends Repositories, AsyncDisposable {
  /** All of the work is stored, or none of it. Inside, use the repositories that are handed over. */
  transaction<T>(work: (repositories: Repositories) => Promise<T>): Promise<T>
  /** Idempotent. */
  close(): Promise<void>
}

/** In the order in which they run; a name that was once released never changes. */
const MIGRATIONS = { '2026-01-meetings': meetings }

/** @param path of the database file, made if it is not there @throws {CodedError} `storage-failed` */
export async function openSqliteRecords(path: string): Promise<Records> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  return openRecords(new NodeSqliteDialect(path))
}

/** Brings the tables up to date, then hands over the repositories. @throws {CodedError} `storage-failed` */
export async function openRecords(dialect: Dialect): Promise<Records> {
  const database = new Kysely<Tables>({ dialect })
  try {
    await migrate(database)
  } catch (cause) {
    await database.destroy()
    throw new CodedError(
      'storage-failed',
      'The records can not be opened. They may be damaged, or of a newer Parley.',
      { cause },
    )
  }
  let closing: Promise<void> | null = null
  const close = () => {
    closing ??= database.destroy()
    return closing
  }
  return {
    ...createRepositories(database),
    transaction: work => database.transaction().execute(transaction => work(createRepositories(transaction))),
    close,
    [Symbol.asyncDispose]: close,
  }
}

const createRepositories = (database: Database): Repositories => ({
  meetings: createMeetingRepository(database),
  participants: createParticipantRepository(database),
  streams: createStreamRepository(database),
})

async function migrate(database: Database): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: async () => MIGRATIONS } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}
