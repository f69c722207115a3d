// Brings a bare checkout to where a command can run. Says nothing but one line when there is nothing to do.
import { electronPath, ensureElectron } from './electron.mjs'
import { ensureWorker, missingBuildPackages } from './mediasoup-worker.mjs'
import { assertNodeForSetUp, pinnedNode } from './node.mjs'
import { ensurePackages, packagesAreCurrent } from './packages.mjs'
import { elapsed, SetUpError, say } from './report.mjs'
import { isStopping, runQuietly } from './run-command.mjs'
import { assertSandboxPossible } from './sandbox.mjs'
import { missingFromCache, missingFromLdd, packagesOfLibraries } from './shared-libraries.mjs'
import { hasChineseFont, hasDisplay, installPackages, missingPackages, onPath } from './system-packages.mjs'

/**
 * @typedef {object} Needs
 * @property {boolean} [window] Electron, and a display to show it on
 * @property {boolean} [worker] the media engine
 * @property {boolean} [speech] voices for fake microphones
 */

/**
 * @param {string} root
 * @param {Needs} needs
 * @returns {Promise<string>} path of the Node to run everything with
 */
export async function setUp(root, { window = false, worker = false, speech = false }) {
  const began = performance.now()
  assertNodeForSetUp(process.version)
  const linux = process.platform === 'linux'
  const purpose = speech ? 'for the app and its tests' : window ? 'for the app' : 'for the services'

  /** @param {readonly string[]} missingLibraries */
  const systemPackages = missingLibraries =>
    missingPackages(
      {
        hasCommand: onPath,
        missingLibraryPackages: packagesOfLibraries(missingLibraries),
        hasDisplay: hasDisplay(),
        hasChineseFont: hasChineseFont(),
      },
      { window, speech },
    )

  if (linux && !packagesAreCurrent(root)) {
    // npm waits for the network and apt for the disk: together they take little longer than one
    await allOf([
      ensurePackages(root),
      (async () => {
        const build = worker ? await missingBuildPackages(root) : []
        const libraries = window ? missingFromCache((await runQuietly('/sbin/ldconfig', ['-p'])).output) : []
        await installPackages([...systemPackages(libraries), ...build], purpose)
      })(),
    ])
  } else {
    await ensurePackages(root)
  }
  if (isStopping()) throw new SetUpError('stopped')
  const node = pinnedNode(root)

  await allOf([
    (async () => {
      if (!window) return
      await ensureElectron(root)
      if (!linux) return
      const missing = async () => systemPackages(missingFromLdd((await runQuietly('ldd', [electronPath(root)])).output))
      await installPackages(await missing(), purpose)
      const still = await missing()
      if (still.length > 0 && !isStopping()) throw new SetUpError(`Electron still misses: ${still.join(' ')}`)
      await assertSandboxPossible(root)
    })(),
    worker ? ensureWorker(root) : undefined,
  ])
  if (isStopping()) throw new SetUpError('stopped')
  say(`ready in ${elapsed(began)}`)
  return node
}

/** Waits for all even when one fails: an apt-get that is cut off leaves a broken system. @param {(Promise<unknown> | undefined)[]} works */
async function allOf(works) {
  const failures = (await Promise.allSettled(works)).flatMap(end => (end.status === 'rejected' ? [end.reason] : []))
  if (failures.length > 1 && failures.every(failure => failure instanceof SetUpError)) {
    throw new SetUpError(failures.map(failure => failure.message).join('\n\n'))
  }
  if (failures.length > 0) throw failures[0]
}
