import { chmodSync, closeSync, openSync } from 'node:fs'

/**
 * Makes a file for SQLite to fill, or tightens the rights of one that is there, so that only its owner can read it.
 * The log and the index that SQLite puts beside it get the rights of the file; those that are there are tightened too.
 */
export function preparePrivateDatabase(path: string): void {
  closeSync(openSync(path, 'a', 0o600))
  chmodSync(path, 0o600)
  for (const beside of [`${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(beside, 0o600)
    } catch (error) {
      const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!isMissing) throw error
    }
  }
}
