// Child processes of the tools: quiet ones whose output is shown only when they fail, and attached ones that own the terminal.
import { spawn } from 'node:child_process'

/** @type {Map<import('node:child_process').ChildProcess, boolean>} each with whether it leads a process group of its own */
const running = new Map()
let stopping = false

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] killed after it, and `code` is null
 *
 * @typedef {object} CommandResult
 * @property {number | null} code null when it could not be started or was killed
 * @property {string} output standard output and errors, in the order they came
 */

/**
 * Runs to the end without touching the terminal. Never rejects.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export function runQuietly(command, args, { cwd, env, timeoutMs } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { cwd, env, timeout: timeoutMs, stdio: ['ignore', 'pipe', 'pipe'] })
    running.set(child, false)
    /** @type {Buffer[]} */
    const chunks = []
    child.stdout.on('data', chunk => chunks.push(chunk))
    child.stderr.on('data', chunk => chunks.push(chunk))
    /** @param {number | null} code @param {string} [note] */
    const end = (code, note = '') => {
      running.delete(child)
      resolve({ code: stopping ? null : code, output: Buffer.concat(chunks).toString() + note })
    }
    child.on('error', error => end(null, error.message))
    child.on('close', code => end(code))
  })
}

/**
 * Runs with the terminal's input and output. Never rejects.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {CommandOptions & {ownGroup?: boolean}} [options] ownGroup: Ctrl-C reaches it only through us, once
 * @returns {Promise<number>} its exit code; 128 + n when signal n ended it; 127 when it could not be started
 */
export function runAttached(command, args, { cwd, env, ownGroup = false } = {}) {
  return new Promise(resolve => {
    const child = spawn(command, args, { cwd, env, stdio: 'inherit', detached: ownGroup })
    running.set(child, ownGroup)
    /** @param {number} code */
    const end = code => {
      running.delete(child)
      resolve(code)
    }
    child.on('error', error => {
      console.error(error.message)
      end(127)
    })
    child.on('close', (code, signal) => end(code ?? 128 + (signal === 'SIGINT' ? 2 : signal === 'SIGTERM' ? 15 : 9)))
  })
}

/** After a signal nothing further is started. */
export const isStopping = () => stopping

/**
 * Passes SIGINT and SIGTERM on. The same signal may reach us twice at one key press (from the terminal and from npm), while Chromium takes a
 * second one as an order to die: only after two seconds of impatience the children are killed.
 */
export function forwardSignals() {
  let firstAtMs = 0
  const stop = (/** @type {'SIGINT' | 'SIGTERM'} */ signal) => {
    const impatient = stopping && performance.now() - firstAtMs > 2_000
    if (stopping && !impatient) return
    if (!stopping) firstAtMs = performance.now()
    stopping = true
    for (const [child, ownGroup] of running) {
      if (!child.pid) continue
      try {
        process.kill(impatient && ownGroup ? -child.pid : child.pid, impatient ? 'SIGKILL' : signal)
      } catch {
        // it ended by itself in this moment
      }
    }
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
  process.on('SIGHUP', () => stop('SIGTERM')) // the terminal was closed

  // npm passes SIGTERM only to the shell between us, which dies of it and tells nobody
  const parent = process.ppid
  if (process.env.npm_lifecycle_event && process.platform !== 'win32') {
    setInterval(() => process.ppid !== parent && !stopping && stop('SIGTERM'), 500).unref()
  }
}
