// Types, lint, import rules and dead code, side by side: what must hold for every commit, in seconds.
import { programFile, quietNode } from './programs.mjs'
import { elapsed } from './set-up/report.mjs'

/** @param {import('./programs.mjs').Tools} tools @returns {Promise<number>} exit code */
export async function check(tools) {
  const began = performance.now()
  const parts = {
    types: [programFile(tools, 'typescript', 'tsc'), '-b'],
    lint: [programFile(tools, '@biomejs/biome', 'biome'), 'check', '--error-on-warnings', '--max-diagnostics=50', '.'],
    'import rules': ['tools/import-rules/main.ts'],
    'dead code': [programFile(tools, 'knip')],
  }
  const codes = await Promise.all(
    Object.entries(parts).map(async ([name, args]) => {
      const { code, output } = await quietNode(tools, args)
      console.log(`check: ${name}: ${code === 0 ? 'good' : 'FAILED'} after ${elapsed(began)}`)
      if (code !== 0) console.log(output.trim())
      return code ?? 1
    }),
  )
  const failed = codes.filter(code => code !== 0).length
  console.log(failed === 0 ? `check: all good in ${elapsed(began)}` : `check: ${failed} of ${codes.length} failed`)
  return failed === 0 ? 0 : 1
}
