import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import {
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { preparePrivateDatabase } from '../data-dir/private-database.ts'

/** Kysely on Node's own SQLite. A commit is on disk when it returns: WAL with `synchronous=FULL`. */
export class NodeSqliteDialect implements Dialect {
  readonly #path: string

  /** @param path a file, or `:memory:` */
  constructor(path: string) {
    this.#path = path
  }

  createDriver(): Driver {
    return new SqliteDriver({ database: async () => openDatabase(this.#path) })
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler()
  }

  createAdapter(): DialectAdapter {
    return new TransactionalSqliteAdapter()
  }

  createIntrospector(database: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(database)
  }
}

/** SQLite changes tables inside transactions, so a migration that fails half-way leaves nothing behind. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

function openDatabase(path: string): SqliteDatabase {
  if (path !== ':memory:') preparePrivateDatabase(path)
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5_000 })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  const statements = new Map<string, StatementSync>()

  function prepare(sql: string): StatementSync {
    const known = statements.get(sql)
    if (known) return known
    const statement = database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }

  return {
    close: () => database.close(),
    prepare(sql) {
      const statement = prepare(sql)
      return {
        reader: statement.columns().length > 0,
        all: parameters => statement.all(...parameters.map(toInput)),
        run: parameters => statement.run(...parameters.map(toInput)),
        iterate: parameters => statement.iterate(...parameters.map(toInput)),
      }
    },
  }
}

/** Only what every database of ours stores alike; a boolean or a date is turned into one of these by its repository. */
function toInput(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError(`a ${typeof value} is not stored as it is`)
}
