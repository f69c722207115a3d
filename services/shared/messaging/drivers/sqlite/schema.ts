import { DatabaseSync } from 'node:sqlite'
import { preparePrivateDatabase } from '../../../data-dir/private-database.ts'
import { integer } from './columns.ts'
import { StoreError } from './store-error.ts'

const VERSION = 1

/**
 * - `tasks` holds unfinished tasks only, so that no query grows with what was done.
 *   state: `delayed` not due yet, has no place in its lane · `queued` behind others of its lane · `ready` ·
 *   `running` · `backoff` waits for its retry, at the head of its lane.
 *   turn: the order in which tasks became ready; for queued ones, their order within the lane.
 * - `keys` remembers keys after their task ended, until `expires_at`.
 * - `events` is the log, `cursors` each service's place in each channel: all up to `seq` is handled.
 */
const SCHEMA = `
  CREATE TABLE tasks (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT,
    lane TEXT,
    priority INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('delayed', 'queued', 'ready', 'running', 'backoff')),
    turn INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    interruptions INTEGER NOT NULL DEFAULT 0,
    cancelled INTEGER NOT NULL DEFAULT 0,
    progress REAL NOT NULL DEFAULT 0,
    trace TEXT NOT NULL,
    at INTEGER NOT NULL,
    payload TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX tasks_by_id ON tasks (id);
  CREATE INDEX tasks_ready ON tasks (service, name, priority, turn) WHERE state = 'ready';
  CREATE INDEX tasks_queued ON tasks (service, lane, turn) WHERE state = 'queued';
  CREATE INDEX tasks_due ON tasks (due_at, turn) WHERE state IN ('delayed', 'backoff');

  CREATE TABLE keys (
    service TEXT NOT NULL,
    name TEXT NOT NULL,
    key TEXT NOT NULL,
    task_id TEXT NOT NULL,
    expires_at INTEGER,
    PRIMARY KEY (service, name, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX keys_expiring ON keys (expires_at) WHERE expires_at IS NOT NULL;

  CREATE TABLE events (
    channel TEXT NOT NULL,
    seq INTEGER NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT,
    trace TEXT NOT NULL,
    at INTEGER NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (channel, seq)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE cursors (
    service TEXT NOT NULL,
    channel TEXT NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (service, channel)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE dead_letters (
    seq INTEGER PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('task', 'event')),
    id TEXT NOT NULL,
    service TEXT NOT NULL,
    channel TEXT,
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    key TEXT,
    lane TEXT,
    attempt INTEGER,
    code TEXT NOT NULL,
    message TEXT NOT NULL,
    trace TEXT NOT NULL,
    at INTEGER NOT NULL,
    died_at INTEGER NOT NULL,
    payload TEXT NOT NULL
  ) STRICT;
`

/**
 * Opens the file for this process alone: SQLite's own exclusive lock is the lease of every task in it, and the
 * system gives it back when the process dies, however it dies.
 * @throws {StoreError} `unavailable` if another process has it, `storage-failed` if it can't be used
 */
export function openDatabase(file: string): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    preparePrivateDatabase(file)
    // A process that was just killed may take a moment to let go
    db = new DatabaseSync(file, { timeout: 1_000 })
    db.exec('PRAGMA locking_mode = EXCLUSIVE')
    db.exec('PRAGMA journal_mode = WAL')
    // FULL: every COMMIT is on disk before it is acknowledged; NORMAL would lose it in a power cut
    db.exec('PRAGMA synchronous = FULL')
    // 16 MB of log before a commit has to stop and check point; usually a quiet moment comes first
    db.exec('PRAGMA wal_autocheckpoint = 4000')
    migrate(db)
    return db
  } catch (error) {
    db?.close()
    throw toOpenError(file, error)
  }
}

function migrate(db: DatabaseSync): void {
  // IMMEDIATE also takes the exclusive lock now instead of at the first write
  db.exec('BEGIN IMMEDIATE')
  const row = db.prepare('PRAGMA user_version').get()
  const version = row ? integer(row, 'user_version') : 0
  if (version === 0) db.exec(`${SCHEMA} PRAGMA user_version = ${VERSION}`)
  else if (version !== VERSION) {
    const message = `The messaging file has version ${version}, this Parley reads version ${VERSION}. Update Parley.`
    throw new StoreError({ code: 'storage-failed', message })
  }
  db.exec('COMMIT')
}

const SQLITE_BUSY = 5

function toOpenError(file: string, error: unknown): StoreError {
  if (error instanceof StoreError) return error
  if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) {
    const message = 'Another Parley is using this data folder. Close it, or choose another folder.'
    return new StoreError({ code: 'unavailable', message }, { cause: error })
  }
  const message = `The messaging file can't be opened. Check that ${file} is writable and not damaged.`
  return new StoreError({ code: 'storage-failed', message }, { cause: error })
}
