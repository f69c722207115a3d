// The app's bundles in out/, built anew only when what goes into them changed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { programFile, quietNode } from './programs.mjs'
import { elapsed } from './set-up/report.mjs'
import { isStopping } from './set-up/run-command.mjs'
import { clearStamp, contentHash, readStamp, writeStamp } from './set-up/stamp.mjs'

const INPUTS = ['src', 'services', 'contracts', 'inference', 'package.json', 'package-lock.json']
const CONFIGS = ['electron.vite.config.ts', 'tsconfig.base.json', 'tsconfig.web.json', 'tsconfig.node.json']
const OUTPUTS = ['out/main/index.js', 'out/preload/index.cjs', 'out/renderer/index.html']

/** @param {string} root */
const stampFile = root => join(root, 'out/.sources')

/** Whoever writes into out/ by other means calls this. @param {string} root */
export const forgetBuild = root => clearStamp(stampFile(root))

/** @param {import('./programs.mjs').Tools} tools @returns {Promise<number>} exit code */
export async function buildIfNeeded(tools) {
  const { root } = tools
  const began = performance.now()
  const isTest = (/** @type {string} */ path) => /\.test\.tsx?$/.test(path)
  const sources = contentHash(root, [...INPUTS, ...CONFIGS], { skip: isTest })
  if (readStamp(stampFile(root)) === sources && OUTPUTS.every(file => existsSync(join(root, file)))) return 0
  forgetBuild(root)
  console.log('build: bundling the app …')
  const { code, output } = await quietNode(tools, [programFile(tools, 'electron-vite'), 'build'], {
    NODE_ENV: 'production',
  })
  if (isStopping()) return 130
  if (code !== 0) {
    console.error(`${output.trim()}\nbuild: failed after ${elapsed(began)}, see above`)
    return code ?? 1
  }
  writeStamp(stampFile(root), sources)
  console.log(`build: done in ${elapsed(began)}`)
  return 0
}
