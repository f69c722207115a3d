import { randomUUID } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'
import type { Log } from '../app/log.ts'

/**
 * One small JSON file, readable by its owner alone, and the value that it holds. A file that cannot be understood is
 * set aside as `<path>.broken`, and the fallback is used: what is remembered must never keep the app from starting.
 */
export class JsonFile<S extends z.ZodType> {
  #value: z.output<S>
  /** Updates run one after the other, so none is lost. */
  #last: Promise<unknown> = Promise.resolve()

  static async open<S extends z.ZodType>(
    path: string,
    schema: S,
    fallback: z.output<S>,
    log: Log,
  ): Promise<JsonFile<S>> {
    return new JsonFile(path, (await readJson(path, schema, log)) ?? fallback)
  }

  private readonly path: string

  private constructor(path: string, value: z.output<S>) {
    this.path = path
    this.#value = value
  }

  read(): z.output<S> {
    return this.#value
  }

  /** Resolves with the new value once it is on disk. @throws {CodedError} `storage-failed`; the old value stays. */
  update(change: (value: z.output<S>) => z.output<S>): Promise<z.output<S>> {
    const updated = this.#last.then(async () => {
      const value = change(this.#value)
      await writeWhole(this.path, JSON.stringify(value, null, 2)).catch((cause: unknown) => {
        throw new CodedError('storage-failed', 'Parley could not save this. Check that the disk is not full.', {
          cause,
        })
      })
      this.#value = value
      return value
    })
    this.#last = updated.catch(() => {})
    return updated
  }

  /** Resolves when no update is under way. */
  async settled(): Promise<void> {
    await this.#last
  }
}

async function readJson<S extends z.ZodType>(path: string, schema: S, log: Log): Promise<z.output<S> | undefined> {
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    log.warn('file set aside, starting afresh', { path, error })
    await rename(path, `${path}.broken`).catch(() => {})
    return undefined
  }
}

/** A crash leaves either the old or the new text. */
async function writeWhole(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomUUID()}`
  try {
    const file = await open(temporary, 'wx', 0o600)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
