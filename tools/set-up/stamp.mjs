// "Has anything that matters changed since?": a hash of the inputs, kept in a file beside the result.
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * SHA-256 over names and contents, in the order of the names; what does not exist counts as absent.
 * @param {string} root
 * @param {readonly string[]} paths files and folders, relative to root
 * @param {{extra?: string, skip?: (path: string) => boolean}} [options] extra: whatever else matters, e.g. the platform
 */
export function contentHash(root, paths, { extra = '', skip = () => false } = {}) {
  const hash = createHash('sha256').update(extra)
  for (const path of paths.flatMap(path => filesUnder(root, path)).sort()) {
    if (skip(path)) continue
    const content = readFileSync(join(root, path))
    hash.update(`\n${path} ${content.length}\n`).update(content)
  }
  return hash.digest('hex')
}

/** @param {string} root @param {string} path @returns {string[]} */
function filesUnder(root, path) {
  const stats = statSync(join(root, path), { throwIfNoEntry: false })
  if (!stats) return []
  if (!stats.isDirectory()) return [path]
  return readdirSync(join(root, path)).flatMap(name => filesUnder(root, `${path}/${name}`))
}

/** @param {string} file */
export function readStamp(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** @param {string} file @param {string} stamp */
export function writeStamp(file, stamp) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, stamp)
}

/** @param {string} file */
export const clearStamp = file => rmSync(file, { force: true })
