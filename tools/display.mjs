// A display where there is none: the app and its tests then run on a virtual one.
import { spawn } from 'node:child_process'
import { hasDisplay, onPath } from './set-up/system-packages.mjs'

const SCREEN = '1280x800x24'

/**
 * Starts a private Xvfb unless there is a display, and names it in `process.env.DISPLAY`.
 * @returns {Promise<{name: string, close(): void} | null>} null when there was a display already
 */
export async function openVirtualDisplay() {
  if (hasDisplay()) return null
  // Xvfb itself: xvfb-run also wants xauth. setpriv (of util-linux) ends it with us, however we end.
  const command = ['Xvfb', '-displayfd', '3', '-screen', '0', SCREEN, '-nolisten', 'tcp']
  const [program = 'Xvfb', ...args] = onPath('setpriv') ? ['setpriv', '--pdeathsig', 'TERM', ...command] : command
  // a process group of its own: Ctrl-C must reach the app before its display
  const server = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'pipe'], detached: true })
  const number = await new Promise((resolve, reject) => {
    const explain = (/** @type {string} */ reason) =>
      reject(
        new Error(`The virtual display Xvfb did not start (${reason}). Debian and Ubuntu have it in the package xvfb.`),
      )
    server.on('error', error => explain(error.message))
    server.on('exit', code => explain(`exit code ${code}`))
    server.stdio[3]?.on('data', data => resolve(String(data).trim()))
  })
  process.env.DISPLAY = `:${number}`
  server.unref()
  return {
    name: `:${number}`,
    close: () => {
      server.kill()
      delete process.env.DISPLAY
    },
  }
}

/** Playwright's global set-up, so that `npx playwright test` works without a display too; it returns the tear-down. */
export default async function globalSetup() {
  const display = await openVirtualDisplay()
  return () => display?.close()
}
