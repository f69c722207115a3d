import { benchJoin } from './join/join.ts'
import { type BenchResult, printResult } from './report.ts'

/** `npm run bench -- <name> [--json]` */
const benches: Record<string, () => Promise<BenchResult>> = { join: benchJoin }

const [name = '', ...flags] = process.argv.slice(2)
const bench = benches[name]
if (!bench) {
  console.error(`There is no bench called '${name}'. There are: ${Object.keys(benches).join(', ')}.`)
  process.exitCode = 2
} else {
  printResult(await bench(), flags.includes('--json'))
}
