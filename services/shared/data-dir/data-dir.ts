import { chmod, mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { CodedError } from '#contracts/errors.ts'
import { preparePrivateDatabase } from './private-database.ts'

export interface DataDir {
  readonly path: string
  /** Lets the next server have the folder. Idempotent. */
  release(): void
}

/** A server that stops may need a moment before the next one gets its folder. */
const WAIT_MS = 1_000

/**
 * Takes a folder for one server alone. What holds it is a lock on a database file: unlike a file with a process id in
 * it, it is gone with the process, however that ended. Its rights are tightened: it holds keys, names and meetings.
 * @throws {CodedError} `unavailable` while another server has it, `storage-failed` when it can't be written, or when
 *   other accounts could read it
 */
export async function takeDataDir(path: string, { waitMs = WAIT_MS }: { waitMs?: number } = {}): Promise<DataDir> {
  let lock: DatabaseSync | undefined
  try {
    await mkdir(path, { recursive: true, mode: 0o700 })
    await makePrivate(path)
    const file = join(path, 'lock.sqlite')
    preparePrivateDatabase(file)
    lock = new DatabaseSync(file, { timeout: waitMs })
    lock.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock?.close()
    if (cause instanceof CodedError) throw cause
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

/** The rights of all but the owner; and the sticky bit, by which folders that accounts share on purpose (/tmp) are known. */
const OTHERS = 0o077
const SHARED = 0o1000

/** Windows has no such rights; there a folder below the user's own is private. */
async function makePrivate(path: string): Promise<void> {
  const { mode, uid } = await stat(path)
  if (process.getuid === undefined || (mode & OTHERS) === 0) return
  if (uid !== process.getuid() || mode & SHARED) {
    const sentence = `The folder ${path} is open to other accounts. Choose one of your own with PARLEY_DATA_DIR.`
    throw new CodedError('storage-failed', sentence)
  }
  await chmod(path, 0o700)
}

/** SQLITE_BUSY */
const isBusy = (error: unknown) => error instanceof Error && 'errcode' in error && error.errcode === 5
