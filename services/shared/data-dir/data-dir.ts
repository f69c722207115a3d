import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from '#contracts/errors.ts'

export interface DataDir {
  readonly path: string
  /** Lets the next server have the folder. Idempotent. */
  release(): void
}

/** A server that stops may need a moment before the next one gets its folder. */
const WAIT_MS = 1_000

/**
 * Takes a folder for one server alone. What holds it is a lock on a database file: unlike a file with a process id in
 * it, it is gone with the process, however that ended.
 * @throws {CodedError} `unavailable` while another server has it, `storage-failed` when it can't be written
 */
export async function takeDataDir(path: string, { waitMs = WAIT_MS }: { waitMs?: number } = {}): Promise<DataDir> {
  let lock: DatabaseSync | undefined
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    lock = new DatabaseSync(join(path, 'lock.sqlite'), { timeout: waitMs })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock?.close()
    if (isBusy(cause)) {
      const sentence = `Another Parley server uses the folder ${path}. Stop it, or choose another folder with PARLEY_DATA_DIR.`
      throw new CodedError('unavailable', sentence, { cause })
    }
    throw new CodedError('storage-failed', `The folder ${path} can not be written to.`, { cause })
  }
  const held = lock
  return {
    path,
    release() {
      if (held.isOpen) held.close()
    },
  }
}

/** SQLITE_BUSY */
const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === 5
