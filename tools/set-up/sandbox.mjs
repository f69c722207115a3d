// Whether Chromium can put its pages into a sandbox here. Electron refuses to start otherwise, with a message that few understand.
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { electronPath } from './electron.mjs'
import { SetUpError } from './report.mjs'
import { runQuietly } from './run-command.mjs'
import { onPath } from './system-packages.mjs'

const SETUID = 0o4000

/** As root there is none (see launch.mjs); else it needs user namespaces, or its helper to belong to root. @param {string} root */
export async function assertSandboxPossible(root) {
  if (process.platform !== 'linux' || process.getuid?.() === 0) return
  const helper = join(dirname(electronPath(root)), 'chrome-sandbox')
  const { uid, mode } = statSync(helper)
  if (uid === 0 && mode & SETUID) return
  if (!onPath('unshare')) return // then let Chromium judge
  // mapping root is what a restricted system (Ubuntu since 23.10, containers) denies
  const namespaces = await runQuietly('unshare', ['--user', '--map-root-user', 'true'], { timeoutMs: 5_000 })
  if (namespaces.code === 0) return
  throw new SetUpError(
    `This system keeps ordinary users from making user namespaces, which Chromium's sandbox needs. Give its helper to root instead, and try again:\n  sudo chown root:root ${helper} && sudo chmod 4755 ${helper}`,
  )
}
