import { type BenchResult, percentile, round } from '../report.ts'
import { measureBare } from './bare/bare.ts'
import { measureParley } from './parley.ts'

/** Joins per side; the issue asks for at least 20. Halves are interleaved, so that a busy moment of the machine hits both. */
const JOINS = 24

/**
 * From the click on Join to the first remote frame and the first audible sample, beside a bare mediasoup and
 * mediasoup-client loop with the same devices, codecs and encodings.
 */
export async function benchJoin(): Promise<BenchResult> {
  const parley = []
  const bare = []
  for (const joins of [JOINS / 2, JOINS / 2]) {
    bare.push(...(await measureBare(joins)))
    parley.push(...(await measureParley(joins)))
  }
  const side = <Mark extends string>(name: string, marks: Record<Mark, number>[]) =>
    Object.fromEntries(
      (Object.keys(marks[0] ?? {}) as Mark[]).flatMap(mark => {
        const values = marks.map(measured => measured[mark])
        return [0.5, 0.95].map(q => [`${name}_${mark}_p${q * 100}_ms`, round(percentile(values, q))])
      }),
    )
  const p50 = (marks: { firstFrame: number; firstAudio: number }[]) =>
    percentile(
      marks.map(({ firstFrame, firstAudio }) => Math.max(firstFrame, firstAudio)),
      0.5,
    )
  return {
    bench: 'join',
    ratios: { join_p50_vs_bare: round(p50(parley) / p50(bare)) },
    figures: {
      joins: parley.length,
      parley_p50_ms: round(p50(parley)),
      bare_p50_ms: round(p50(bare)),
      ...side('parley', parley),
      ...side('bare', bare),
    },
  }
}
