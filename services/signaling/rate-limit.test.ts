import { beforeEach, describe, expect, test } from 'vitest'
import { AddressLimits, SessionLimits, SocketLimit } from './rate-limit.ts'

let nowMs = 0
const now = () => nowMs
beforeEach(() => {
  nowMs = 0
})

describe('one address', () => {
  const limits = () => new AddressLimits({ perSecond: 10, burst: 3 }, now)

  test('may try a burst, then only as fast as its allowance comes back, and is told how long to wait', () => {
    const limit = limits()
    for (let tries = 0; tries < 3; tries++) limit.take('a')
    expect(() => limit.take('a')).toThrow(expect.objectContaining({ code: 'rate-limited', retryAfterMs: 100 }))
    nowMs = 99
    expect(() => limit.take('a')).toThrow(expect.objectContaining({ retryAfterMs: 1 }))
    nowMs = 100
    limit.take('a')
    expect(() => limit.take('a')).toThrow()
  })

  test('does not use up what others may try', () => {
    const limit = limits()
    for (let tries = 0; tries < 3; tries++) limit.take('a')
    limit.take('b')
  })

  test('gets back what was no guess', () => {
    const limit = limits()
    for (let tries = 0; tries < 100; tries++) {
      limit.take('a')
      limit.giveBack('a')
    }
  })

  test('is forgotten when very many others came, so that memory stays bounded', () => {
    const limit = limits()
    for (let address = 0; address < 25_000; address++) limit.take(String(address))
    limit.take('0')
    limit.take('0')
    limit.take('0')
    expect(() => limit.take('0')).toThrow()
  })
})

test('each session has an allowance of its own', () => {
  const limits = new SessionLimits({ perSecond: 1, burst: 2 }, now)
  const [one, other] = [{}, {}]
  limits.take(one)
  limits.take(one)
  expect(() => limits.take(one)).toThrow(expect.objectContaining({ code: 'rate-limited', retryAfterMs: 1_000 }))
  limits.take(other)
  nowMs = 1_000
  limits.take(one)
})

test('a socket that goes on sending after many refusals is a flood', () => {
  const limit = new SocketLimit({ frames: { perSecond: 1, burst: 2 }, refusals: { perSecond: 1, burst: 3 } }, now)
  const verdicts = Array.from({ length: 6 }, () => limit.take().verdict)
  expect(verdicts).toEqual(['pass', 'pass', 'refuse', 'refuse', 'refuse', 'flood'])
  nowMs = 1_000
  expect(limit.take().verdict).toBe('pass')
})
