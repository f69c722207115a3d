import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { ConnectionWatch, type TransportState, toConnection } from './connection-watch.ts'

const unused: TransportState = { ice: 'new', dtls: 'new' }
const up: TransportState = { ice: 'completed', dtls: 'connected' }
const cut: TransportState = { ice: 'disconnected', dtls: 'connected' }
const refused: TransportState = { ice: 'completed', dtls: 'failed' }

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

function watched() {
  const changes: string[] = []
  return { changes, watch: new ConnectionWatch(change => changes.push(change), { lossSettlesMs: 2_000 }) }
}

test('one transport that is up means connected, one that was lost means lost, and unused ones mean nothing', () => {
  expect(toConnection([unused, unused])).toBe('waiting')
  expect(toConnection([{ ice: 'connected', dtls: 'connecting' }, unused])).toBe('waiting')
  expect(toConnection([up, unused])).toBe('connected')
  expect(toConnection([up, cut])).toBe('lost')
  expect(toConnection([up, refused])).toBe('lost')
})

test('the first transport to connect is reported, the second is not', () => {
  const { changes, watch } = watched()
  watch.see([up, unused])
  watch.see([up, up])
  expect(changes).toEqual(['connected'])
})

test('a loss that passes is no news', () => {
  const { changes, watch } = watched()
  watch.see([up, up])
  watch.see([cut, up])
  vi.advanceTimersByTime(1_999)
  watch.see([up, up])
  vi.advanceTimersByTime(10_000)
  expect(changes).toEqual(['connected'])
})

test('a loss that lasts is reported once, and so is the recovery', () => {
  const { changes, watch } = watched()
  watch.see([up, up])
  watch.see([cut, up])
  watch.see([cut, cut])
  vi.advanceTimersByTime(10_000)
  watch.see([up, cut])
  watch.see([up, up])
  expect(changes).toEqual(['connected', 'disconnected', 'connected'])
})

test('a handshake that fails at once is a lost connection too', () => {
  const { changes, watch } = watched()
  watch.see([refused, unused])
  vi.advanceTimersByTime(2_000)
  expect(changes).toEqual(['disconnected'])
})

test('after an orderly close nothing is news', () => {
  const { changes, watch } = watched()
  watch.see([up, up])
  watch.see([cut, cut])
  watch.stop()
  vi.advanceTimersByTime(10_000)
  watch.see([up, up])
  expect(changes).toEqual(['connected'])
})
