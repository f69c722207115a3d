import { mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

const MAX_BYTES = 5 * 1024 * 1024

/** Appends to a log of ours. One that has outgrown `maxBytes` becomes `<path>.1` first, in place of the one before. */
export function openLogFile(path: string, maxBytes = MAX_BYTES): { write(text: string | Uint8Array): void } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxBytes) renameSync(path, `${path}.1`)
  const file = openSync(path, 'a', 0o600)
  return {
    // written at once: the last line before a crash is the one that is needed
    write: text => void (typeof text === 'string' ? writeSync(file, text) : writeSync(file, text)),
  }
}
