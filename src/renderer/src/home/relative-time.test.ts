import { expect, test } from 'vitest'
import { toRelativeTime } from './relative-time.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

test.each([
  [0, 'en', 'now'],
  [-5 * MINUTE, 'en', 'now'],
  [5 * MINUTE, 'en', '5 minutes ago'],
  [3 * 60 * MINUTE, 'en', '3 hours ago'],
  [DAY, 'en', 'yesterday'],
  [15 * DAY, 'en', '2 weeks ago'],
  [DAY, 'zh-CN', '昨天'],
])('%i ms ago in %s is %s', (ago, language, words) => {
  expect(toRelativeTime(1_000_000_000_000 - ago, 1_000_000_000_000, language)).toBe(words)
})
