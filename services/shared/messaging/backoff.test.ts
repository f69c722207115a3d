import { expect, test } from 'vitest'
import { backoffMs, DEFAULT_BACKOFF } from './backoff.ts'

test('the longest wait doubles from 200 ms with each failure, up to 30 s', () => {
  const longest = [1, 2, 3, 4, 8, 9, 50, 5_000].map(failures => backoffMs(failures, DEFAULT_BACKOFF, 1))
  expect(longest).toEqual([200, 400, 800, 1_600, 25_600, 30_000, 30_000, 30_000])
})

test('the jitter is full: from nothing to the longest wait', () => {
  expect(backoffMs(3, DEFAULT_BACKOFF, 0)).toBe(0)
  expect(backoffMs(3, DEFAULT_BACKOFF, 0.5)).toBe(400)
})
