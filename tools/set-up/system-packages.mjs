// What Parley needs from the operating system: found out, installed where we may (Debian and Ubuntu), and named exactly where we may not.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SetUpError, say, step } from './report.mjs'
import { isStopping, runQuietly } from './run-command.mjs'

/** @param {string} command */
export const onPath = (command, path = process.env.PATH ?? '') =>
  [...path.split(':'), '/usr/sbin', '/sbin'].some(directory => directory && existsSync(join(directory, command)))

/**
 * @typedef {object} Machine what of it matters here
 * @property {(command: string) => boolean} hasCommand
 * @property {readonly string[]} missingLibraryPackages
 * @property {boolean} hasDisplay
 * @property {boolean} hasChineseFont
 *
 * @typedef {object} Wants
 * @property {boolean} window opens the app
 * @property {boolean} speech makes voices for the fake microphones of the tests
 */

/** @param {Machine} machine @param {Wants} wants @returns {string[]} names of Debian packages that are missing */
export function missingPackages(
  { hasCommand, missingLibraryPackages, hasDisplay, hasChineseFont },
  { window, speech },
) {
  const missing = []
  if (window) {
    missing.push(...missingLibraryPackages)
    // A machine with a screen brought its fonts; on the virtual one Chinese would be boxes.
    if (!hasDisplay && !hasCommand('Xvfb')) missing.push('xvfb')
    if (!hasDisplay && !hasChineseFont) missing.push('fonts-noto-cjk')
  }
  if (speech && !hasCommand('ffmpeg')) missing.push('ffmpeg')
  if (speech && !hasCommand('espeak-ng')) missing.push('espeak-ng')
  return missing
}

export const hasDisplay = (env = process.env) =>
  process.platform !== 'linux' || Boolean(env.DISPLAY || env.WAYLAND_DISPLAY)

export const hasChineseFont = () =>
  ['opentype/noto/NotoSansCJK-Regular.ttc', 'truetype/wqy', 'truetype/arphic', 'truetype/droid'].some(font =>
    existsSync(`/usr/share/fonts/${font}`),
  )

/**
 * Newer Ubuntus renamed some libraries.
 * @param {readonly string[]} packages
 * @param {ReadonlySet<string>} known what this machine's package lists hold
 */
export const asNamedHere = (packages, known) => packages.map(name => (known.has(`${name}t64`) ? `${name}t64` : name))

/** @param {readonly string[]} packages */
export const installCommand = packages =>
  `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages.join(' ')}`

/** One apt at a time: it locks its lists. @type {Promise<unknown>} */
let aptQueue = Promise.resolve()

/**
 * Installs them, or throws with the command to type.
 * @param {readonly string[]} packages
 * @param {string} why the rest of "installing x y, …"
 */
export function installPackages(packages, why) {
  const turn = aptQueue.then(() => install(packages, why))
  aptQueue = turn.catch(() => {})
  return turn
}

/** @param {readonly string[]} packages @param {string} why */
async function install(packages, why) {
  if (packages.length === 0 || isStopping()) return
  const refusal = await whyNotApt()
  if (refusal) {
    // said at once, because npm may still be at work; the way out follows at the end
    say(`system packages: missing, and not ours to install: ${packages.join(' ')}`)
    const wayOut = refusal.replace('<command>', installCommand(packages))
    throw new SetUpError(`System packages are missing (${why}): ${packages.join(' ')}\n${wayOut}`)
  }
  await step(`system packages: apt-get install ${packages.join(' ')} (${why})`, async () => {
    const here = async () => asNamedHere(packages, await knownPackages())
    // First from the lists as they are: fetching new ones takes seconds, and often is not needed.
    let tried = await apt('install', ...(await here()))
    if (tried.code !== 0 && !isStopping()) {
      const updated = await apt('update')
      tried = await apt('install', ...(await here()))
      if (tried.code !== 0 && updated.code !== 0) tried = { ...tried, output: `${updated.output}\n${tried.output}` }
    }
    if (tried.code !== 0 && !isStopping()) {
      const lastWords = tried.output.trim().split('\n').slice(-12).join('\n')
      throw new SetUpError(
        `apt-get could not install them:\n${lastWords}\nWhen that is solved, try again, or type:\n  ${installCommand(packages)}`,
      )
    }
  })
}

/** @returns {Promise<string | null>} a sentence with `<command>` in it, or null when we may */
async function whyNotApt() {
  if (!onPath('apt-get'))
    return 'Install what brings these (the names are those of Debian 12) with your package manager, and try again.'
  if (process.env.PARLEY_APT === 'no')
    return 'PARLEY_APT=no forbids the set-up to install them. Type this, and try again:\n  <command>'
  if (process.getuid?.() === 0) return null
  const sudo = await runQuietly('sudo', ['-n', 'true'], { timeoutMs: 10_000 })
  return sudo.code === 0 ? null : 'Installing them needs root. Type this, and try again:\n  <command>'
}

/** @param {'install' | 'update'} verb @param {string[]} packages */
function apt(verb, ...packages) {
  const args = ['apt-get', verb, '-y', '-q', '-o', 'DPkg::Lock::Timeout=300']
  if (verb === 'install') args.push('--no-install-recommends', ...packages)
  const command = process.getuid?.() === 0 ? ['env'] : ['sudo', '-n', 'env']
  const [program = 'env', ...rest] = [...command, 'DEBIAN_FRONTEND=noninteractive', ...args]
  return runQuietly(program, rest)
}

/** @returns {Promise<ReadonlySet<string>>} */
async function knownPackages() {
  const { output } = await runQuietly('apt-cache', ['pkgnames'])
  return new Set(output.split('\n'))
}

/** Those of `packages` that dpkg does not have; none where there is no dpkg to ask. @param {readonly string[]} packages */
export async function notInstalled(packages) {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg fills these in
  const { output } = await runQuietly('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\\n', ...packages])
  return missingFromDpkg(packages, output)
}

/** @param {readonly string[]} packages @param {string} listing lines `<package> <status>` */
export function missingFromDpkg(packages, listing) {
  const lines = new Set(listing.split('\n'))
  return packages.filter(name => !lines.has(`${name} installed`))
}
