// node_modules as the lock file says, and only when the lock file changed.
import { basename, join } from 'node:path'
import { SetUpError, step } from './report.mjs'
import { isStopping, runAttached } from './run-command.mjs'
import { clearStamp, contentHash, readStamp, writeStamp } from './stamp.mjs'

/** @param {string} root */
const stampFile = root => join(root, 'node_modules/.parley-packages')

/** @param {string} root */
const wanted = root =>
  contentHash(root, ['package.json', 'package-lock.json', '.npmrc'], { extra: `${process.platform}-${process.arch}` })

/** @param {string} root */
export const packagesAreCurrent = root => readStamp(stampFile(root)) === wanted(root)

/** @param {string} root */
export async function ensurePackages(root) {
  if (packagesAreCurrent(root)) return
  const why = readStamp(stampFile(root)) ? 'the lock file changed' : 'none yet'
  await step(`packages: npm ci (${why})`, async () => {
    clearStamp(stampFile(root))
    // Scripts of packages are off here and not in .npmrc, where that would also switch off our own.
    const flags = [
      '--ignore-scripts',
      '--include=dev',
      '--include=optional',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ]
    const [command, ...args] = npmCommand()
    const code = await runAttached(command, [...args, 'ci', ...flags], { cwd: root })
    if (code !== 0 && !isStopping()) {
      throw new SetUpError(
        `npm ci failed (exit code ${code}); its own words are above. Check the network and try again.`,
      )
    }
    if (code === 0) writeStamp(stampFile(root), wanted(root))
  })
}

/**
 * The npm that started us, on the Node that runs it: npm ci replaces the Node that lies inside node_modules.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {[string, ...string[]]}
 */
export function npmCommand(env = process.env) {
  const { npm_execpath: npm, npm_node_execpath: node } = env
  // pnpm and yarn set these variables too
  if (npm && node && basename(npm) === 'npm-cli.js' && !node.includes('node_modules')) return [node, npm]
  return process.platform === 'win32' ? ['npm.cmd'] : ['npm']
}
