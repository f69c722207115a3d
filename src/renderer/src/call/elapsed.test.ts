import { expect, test } from 'vitest'
import { toElapsed } from './elapsed.ts'

test.each([
  [0, '0:00'],
  [-1, '0:00'],
  [61_500, '1:01'],
  [3_599_999, '59:59'],
  [3_729_000, '1:02:09'],
])('%i ms reads %s', (ms, words) => {
  expect(toElapsed(ms)).toBe(words)
})
