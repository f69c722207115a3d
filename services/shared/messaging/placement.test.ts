import { expect, test } from 'vitest'
import { Echo, Step } from './conformance/contracts.ts'
import { toPlacement } from './placement.ts'

const payload = { text: '' }

test('a task has priority 5, no lane and is due now unless told otherwise', () => {
  expect(toPlacement(Echo, payload, {}, 1_000)).toEqual({ lane: null, priority: 5, dueAtMs: 1_000 })
})

test('a task takes its lane from its payload', () => {
  expect(toPlacement(Step, { lane: 'a', step: 1 }, { priority: 0, delayMs: 20.5 }, 1_000)).toEqual({
    ...{ lane: 'a', priority: 0, dueAtMs: 1_021 },
  })
})

test.each([
  { priority: -1 },
  { priority: 10 },
  { priority: 1.5 },
  { delayMs: -1 },
  { delayMs: Number.NaN },
  { delayMs: Number.POSITIVE_INFINITY },
])('%j is refused before it reaches a queue', options => {
  expect(() => toPlacement(Echo, payload, options, 1_000)).toThrow(RangeError)
})
