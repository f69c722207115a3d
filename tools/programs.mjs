// Runs the packages' command-line programs on the pinned Node.
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { runAttached, runQuietly } from './set-up/run-command.mjs'

/** @typedef {{root: string, node: string, env: NodeJS.ProcessEnv}} Tools */

/**
 * @param {string} root
 * @param {string} node path of the Node that everything shall run on, children of children too
 * @returns {Tools}
 */
export function createTools(root, node) {
  const path = [dirname(node), join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter)
  const { ELECTRON_RUN_AS_NODE: _, ...inherited } = process.env // an editor's terminal may set it, and Electron would open no window
  return { root, node, env: { ...inherited, PATH: path } }
}

/** @param {Tools} tools @param {string} packageName @param {string} [program] when the package has several */
export function programFile({ root }, packageName, program = packageName) {
  const home = join(root, 'node_modules', packageName)
  const { bin } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  return join(home, typeof bin === 'string' ? bin : bin[program])
}

/** @param {Tools} tools @param {readonly string[]} args script and arguments @param {NodeJS.ProcessEnv} [more] environment */
export const node = (tools, args, more) =>
  runAttached(tools.node, args, { cwd: tools.root, env: { ...tools.env, ...more }, ownGroup: true })

/** @param {Tools} tools @param {readonly string[]} args script and arguments @param {NodeJS.ProcessEnv} [more] environment */
export const quietNode = (tools, args, more) =>
  runQuietly(tools.node, args, { cwd: tools.root, env: { ...tools.env, ...more } })
