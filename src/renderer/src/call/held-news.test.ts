import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { CallEvent } from './call-reducer.ts'
import { HeldNews } from './held-news.ts'

const opened = { type: 'opened' } as CallEvent
const levels: CallEvent = { type: 'levels', levels: [] }
let told: string[]
let news: HeldNews
beforeEach(() => {
  vi.useFakeTimers()
  told = []
  news = new HeldNews(({ type }) => told.push(type))
})
afterEach(() => {
  vi.useRealTimers()
})

test('news of a join wait until it receives, then come in order, and from then on at once', () => {
  news.dispatch(opened)
  news.dispatch(levels)
  expect(told).toEqual([])
  news.release()
  expect(told).toEqual(['opened', 'levels'])
  news.dispatch(levels)
  news.release()
  expect(told).toEqual(['opened', 'levels', 'levels'])
})

test('a seat is shown after 300 ms even if nothing can be received yet', () => {
  news.dispatch(opened)
  vi.advanceTimersByTime(299)
  expect(told).toEqual([])
  vi.advanceTimersByTime(1)
  expect(told).toEqual(['opened'])
})

test('news of a join that failed are never told', () => {
  news.dispatch(opened)
  news.drop()
  vi.advanceTimersByTime(1_000)
  expect(told).toEqual([])
})
