// `node tools/run.mjs <command> [args]`, what every npm script calls: sets up what the command needs, then runs it on the pinned Node.
// Needs nothing but Node 20.19 and npm.
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildIfNeeded } from './build.mjs'
import { check } from './check.mjs'
import { openVirtualDisplay } from './display.mjs'
import { develop, start } from './launch.mjs'
import { createTools, node, programFile } from './programs.mjs'
import { elapsed, SetUpError } from './set-up/report.mjs'
import { forwardSignals, isStopping } from './set-up/run-command.mjs'
import { setUp } from './set-up/set-up.mjs'

/**
 * @typedef {import('./programs.mjs').Tools} Tools
 * @typedef {(tools: Tools, args: string[]) => Promise<number>} Step returns an exit code; what follows a failed one does not run
 * @typedef {{needs: import('./set-up/set-up.mjs').Needs, steps: Step[]}} Command
 */

/** @type {Step} */
const build = tools => buildIfNeeded(tools)

/** @type {Step} */
const unitTests = (tools, args) => timed('unit tests', node(tools, [programFile(tools, 'vitest'), 'run', ...args]))

/** @type {Step} */
const appTests = (tools, args) =>
  timed('app tests', node(tools, [programFile(tools, '@playwright/test', 'playwright'), 'test', ...args]))

/** @type {Step} */
async function bench(tools, args) {
  const display = await openVirtualDisplay()
  const env = display ? { DISPLAY: display.name } : {}
  const code = await node(tools, ['tools/bench/main.ts', ...args], env)
  display?.close()
  return code
}

const app = { window: true, worker: true }
const tests = { ...app, speech: true }

/** @type {Record<string, Command>} */
const commands = {
  start: { needs: app, steps: [build, start] },
  dev: { needs: app, steps: [develop] },
  // with arguments only those unit tests: `npm test -- services/media`
  test: { needs: tests, steps: [(tools, args) => (args.length > 0 ? unitTests(tools, args) : allTests(tools))] },
  e2e: { needs: tests, steps: [build, appTests] },
  bench: { needs: tests, steps: [build, bench] },
  check: { needs: {}, steps: [check] },
  build: { needs: {}, steps: [build] },
  server: { needs: { worker: true }, steps: [(tools, args) => node(tools, ['services/server.ts', ...args])] },
}

/** @param {Tools} tools */
const allTests = tools => inOrder([unitTests, build, appTests], tools, [])

/** @param {readonly Step[]} steps @param {Tools} tools @param {string[]} args */
async function inOrder(steps, tools, args) {
  for (const step of steps) {
    const code = await step(tools, args)
    if (code !== 0 || isStopping()) return code
  }
  return 0
}

/** @param {string} name @param {Promise<number>} running */
async function timed(name, running) {
  const began = performance.now()
  const code = await running
  console.log(`${name}: ${code === 0 ? 'passed' : 'FAILED'} in ${elapsed(began)}`)
  return code
}

/** @param {string} name @param {string[]} args @returns {Promise<number>} */
async function main(name, args) {
  const command = commands[name]
  if (!command) {
    console.error(`There is no command '${name}'. There are: ${Object.keys(commands).join(', ')}.`)
    return 2
  }
  forwardSignals()
  const root = dirname(dirname(fileURLToPath(import.meta.url)))
  const pinned = await setUp(root, command.needs)
  return inOrder(command.steps, createTools(root, pinned), args)
}

try {
  const [name = '', ...args] = process.argv.slice(2)
  process.exitCode = await main(name, args)
} catch (error) {
  process.exitCode = isStopping() ? 130 : 1
  // a step that failed has said what to do; anything else is a bug, whose stack helps whoever mends it
  if (error instanceof SetUpError) console.error(`\nset-up: ${error.message}\n`)
  else if (process.env.PARLEY_DEBUG) throw error
  else
    console.error(`\n${error instanceof Error ? error.message : error}\n(PARLEY_DEBUG=1 shows where that happened.)\n`)
}
