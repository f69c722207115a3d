import { expect, test } from 'vitest'
import { readJoinTimeline } from './stats-timeline.ts'

test('the timeline counts from the first mark of a join and leaves other marks out', () => {
  performance.mark('other')
  performance.mark('parley:join:opened', { startTime: 150 })
  performance.mark('parley:join:click', { startTime: 100 })
  expect(readJoinTimeline()).toEqual([
    { name: 'click', sinceMs: 0 },
    { name: 'opened', sinceMs: 50 },
  ])
  expect(readJoinTimeline([])).toEqual([])
})
