import { describe, expect, test } from 'vitest'
import { NotificationLog } from './notification-log.ts'

describe('the log of notifications', () => {
  test('keeps what was pushed after the last confirmed checkpoint, in order', () => {
    const log = new NotificationLog()
    log.push('a')
    const first = log.checkpoint()
    log.push('b')
    const second = log.checkpoint()
    log.push('c')
    expect(log.frames()).toEqual(['a', 'b', 'c'])
    first()
    expect(log.frames()).toEqual(['b', 'c'])
    second()
    first()
    expect(log.frames()).toEqual(['c'])
    expect(log.hasGap).toBe(false)
  })

  test('drops the oldest when there are too many, and says so until it is cleared', () => {
    const log = new NotificationLog()
    for (let n = 0; n < 1_001; n++) log.push(String(n))
    expect(log.frames()).toHaveLength(1_000)
    expect(log.frames()[0]).toBe('1')
    expect(log.hasGap).toBe(true)
    log.clear()
    expect(log.frames()).toEqual([])
    expect(log.hasGap).toBe(false)
  })

  test('bounds its size as well as its length', () => {
    const log = new NotificationLog()
    for (let n = 0; n < 5; n++) log.push('x'.repeat(300_000))
    expect(log.frames()).toHaveLength(3)
  })

  test('has no gap when what was dropped turns out to have arrived', () => {
    const log = new NotificationLog()
    for (let n = 0; n < 10; n++) log.push(String(n))
    const confirm = log.checkpoint()
    for (let n = 10; n < 1_005; n++) log.push(String(n))
    expect(log.hasGap).toBe(true)
    confirm()
    expect(log.hasGap).toBe(false)
    expect(log.frames()[0]).toBe('10')
  })

  test('keeps its gap when a checkpoint from before what was dropped is confirmed', () => {
    const log = new NotificationLog()
    log.push('0')
    const confirm = log.checkpoint()
    for (let n = 1; n < 1_010; n++) log.push(String(n))
    confirm()
    expect(log.hasGap).toBe(true)
    expect(log.frames()).toHaveLength(1_000)
  })
})
