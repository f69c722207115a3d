import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Reads a file of ours, or null if there is none yet. Rights that were loosened since are tightened again. */
export async function readPrivateFile(path: string): Promise<string | null> {
  try {
    const text = await readFile(path, 'utf8')
    await chmod(path, 0o600)
    return text
  } catch (error) {
    if (isMissing(error)) return null
    throw error
  }
}

/** Replaces a file so that a crash leaves either the old or the new text, readable by its owner alone. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const temporary = await writeBeside(path, text)
  await rename(temporary, path)
}

/** Writes a file unless there is one. Of several processes that try at once one wins; all get the winner's text. */
export async function createPrivateFile(path: string, text: string): Promise<string> {
  const temporary = await writeBeside(path, text)
  try {
    await link(temporary, path)
    return text
  } catch (error) {
    const existing = await readPrivateFile(path)
    if (existing === null) throw error
    return existing
  } finally {
    await rm(temporary, { force: true })
  }
}

async function writeBeside(path: string, text: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomUUID()}`
  const file = await open(temporary, 'wx', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  return temporary
}

const isMissing = (error: unknown) => error instanceof Error && 'code' in error && error.code === 'ENOENT'
