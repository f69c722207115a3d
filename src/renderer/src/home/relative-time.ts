const STEPS: readonly [unit: Intl.RelativeTimeFormatUnit, ms: number][] = [
  ['minute', 60_000],
  ['hour', 3_600_000],
  ['day', 86_400_000],
  ['week', 604_800_000],
  ['month', 2_629_800_000],
  ['year', 31_557_600_000],
]

/** `5 minutes ago`, `yesterday`, in the given language; the future counts as now. */
export function toRelativeTime(atMs: number, nowMs: number, language: string): string {
  const ago = Math.max(0, nowMs - atMs)
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const step = STEPS.findLast(([, ms]) => ago >= ms)
  return step ? format.format(-Math.floor(ago / step[1]), step[0]) : format.format(0, 'second')
}
