const PREFIX = 'parley:join:'

export interface TimelineStep {
  name: string
  /** Since the first mark. */
  sinceMs: number
}

/** The marks of the latest join, in order of time: each name counts as it was last set. */
export function readJoinTimeline(
  marks: readonly PerformanceEntry[] = performance.getEntriesByType('mark'),
): TimelineStep[] {
  const latest = new Map<string, number>()
  for (const { name, startTime } of marks) if (name.startsWith(PREFIX)) latest.set(name.slice(PREFIX.length), startTime)
  const first = Math.min(...latest.values())
  return [...latest]
    .map(([name, startTime]) => ({ name, sinceMs: startTime - first }))
    .sort((a, b) => a.sinceMs - b.sinceMs)
}
