// Opens the app, as it is used (start) or with hot reload (dev), with what root and machines without a display or camera need.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { forgetBuild } from './build.mjs'
import { openVirtualDisplay } from './display.mjs'
import { programFile } from './programs.mjs'
import { electronPath } from './set-up/electron.mjs'
import { runAttached } from './set-up/run-command.mjs'

/** @typedef {import('./programs.mjs').Tools} Tools */

/** @param {Tools} tools @param {readonly string[]} args for the app, e.g. a parley:// link @returns {Promise<number>} exit code */
export const start = (tools, args) =>
  onADisplay(tools, switches => [electronPath(tools.root), ...switches, '.', ...args])

/** @param {Tools} tools @param {readonly string[]} args for the app @returns {Promise<number>} exit code */
export function develop(tools, args) {
  forgetBuild(tools.root) // its bundles take the place of the built ones
  const program = programFile(tools, 'electron-vite')
  return onADisplay(tools, switches => {
    // electron-vite has a word of its own for this one
    const noSandbox = switches.includes('--no-sandbox') ? ['--noSandbox'] : []
    const rest = switches.filter(flag => flag !== '--no-sandbox')
    return [tools.node, program, 'dev', ...noSandbox, '--', ...rest, ...args]
  })
}

/** @param {Tools} tools @param {(switches: string[]) => string[]} commandLine */
async function onADisplay(tools, commandLine) {
  const switches = []
  if (process.getuid?.() === 0) {
    console.log("Running as root, so Chromium's sandbox is off. Use an ordinary account for real meetings.")
    switches.push('--no-sandbox')
  }
  const display = await openVirtualDisplay()
  const env = { ...tools.env }
  let stopWatching = () => {}
  if (display) {
    const screenshot = join(tools.root, 'out/screenshot.png')
    console.log(
      `There is no display here, so Parley opens on a virtual one (${display.name}). A screenshot will be at ${screenshot}`,
    )
    // without a desktop Chromium complains on and on that it finds no D-Bus
    switches.push('--log-level=3')
    if (!hasCamera()) {
      console.log('There is no camera either: a test picture and beeps stand in for camera and microphone.')
      switches.push('--use-fake-device-for-media-stream')
    }
    Object.assign(env, { DISPLAY: display.name, PARLEY_SCREENSHOT: screenshot })
    stopWatching = sayWhenThere(screenshot)
  }
  const [command = '', ...args] = commandLine(switches)
  const code = await runAttached(command, args, { cwd: tools.root, env, ownGroup: true })
  stopWatching()
  display?.close()
  return code
}

const hasCamera = () => existsSync('/dev') && readdirSync('/dev').some(name => name.startsWith('video'))

/** @param {string} file which the app writes when its window has shown @returns {() => void} stops looking */
function sayWhenThere(file) {
  rmSync(file, { force: true })
  const timer = setInterval(() => {
    if (!existsSync(file)) return
    console.log(`Screenshot: ${file}   (Ctrl-C quits)`)
    clearInterval(timer)
  }, 250)
  return () => clearInterval(timer)
}
