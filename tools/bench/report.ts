import { cpus, totalmem } from 'node:os'

/** What every bench of the project hands back: ratios to a peer or a limit measured in the same run, and the plain figures. */
export interface BenchResult {
  bench: string
  ratios: Record<string, number>
  figures: Record<string, number>
}

export interface MachineView {
  cpu: string
  cores: number
  memoryGiB: number
  node: string
  platform: string
}

export const machine = (): MachineView => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
})

/** With `--json` one object on the last line; without, a table a person can read. */
export function printResult(result: BenchResult, json: boolean): void {
  if (json) {
    console.log(JSON.stringify({ ...result, machine: machine() }))
    return
  }
  const { cpu, cores, memoryGiB, node } = machine()
  console.log(`\n${result.bench} on ${cores} × ${cpu}, ${memoryGiB} GiB, Node ${node}`)
  console.table(
    Object.fromEntries(
      [...Object.entries(result.ratios), ...Object.entries(result.figures)].map(([k, v]) => [k, { value: v }]),
    ),
  )
}

/** Nearest-rank percentile of unsorted values, `q` in (0, 1]. */
export function percentile(values: readonly number[], q: number): number {
  if (values.length === 0) throw new RangeError('a percentile needs at least one value')
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(q * sorted.length) - 1] as number
}

/** Three significant decimals are more than a noisy machine gives. */
export const round = (value: number): number => Math.round(value * 1_000) / 1_000
