import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { createLog } from '../log/log.ts'
import { createLifecycle, type Lifecycle } from './lifecycle.ts'

let said: string[]
let lifecycle: Lifecycle
beforeEach(() => {
  said = []
  lifecycle = createLifecycle({ log: createLog({ level: 'silent', service: 'test' }) })
})
afterEach(() => {
  vi.useRealTimers()
})

const part = (name: string, over: { start?: () => Promise<string> | string; stop?: () => Promise<void> } = {}) => ({
  name,
  start: () => {
    said.push(`start ${name}`)
    return over.start?.() ?? name
  },
  stop: (started: string) => {
    said.push(`stop ${started}`)
    return over.stop?.() ?? Promise.resolve()
  },
})

describe('a lifecycle', () => {
  test('starts its parts in order and stops them in reverse, each with what its start returned', async () => {
    expect(await lifecycle.start(part('records'))).toBe('records')
    await lifecycle.start(part('http'))
    expect(lifecycle.states()).toEqual([
      { name: 'records', state: 'running' },
      { name: 'http', state: 'running' },
    ])
    await lifecycle.stop()
    expect(said).toEqual(['start records', 'start http', 'stop http', 'stop records'])
    expect(lifecycle.states().map(({ state }) => state)).toEqual(['stopped', 'stopped'])
  })

  test('says that a part has failed while it does not work, and stops it all the same', async () => {
    let works = true
    await lifecycle.start({ ...part('media'), works: () => works })
    expect(lifecycle.states()).toEqual([{ name: 'media', state: 'running' }])
    works = false
    expect(lifecycle.states()).toEqual([{ name: 'media', state: 'failed' }])
    works = true
    expect(lifecycle.states()).toEqual([{ name: 'media', state: 'running' }])
    works = false
    await lifecycle.stop()
    expect(said).toEqual(['start media', 'stop media'])
    expect(lifecycle.states()).toEqual([{ name: 'media', state: 'stopped' }])
  })

  test('stops what was started when a later part fails, and throws what that part threw', async () => {
    await lifecycle.start(part('records'))
    const failing = part('http', { start: () => Promise.reject(new Error('port taken')) })
    await expect(lifecycle.start(failing)).rejects.toThrow('port taken')
    expect(said).toEqual(['start records', 'start http', 'stop records'])
  })

  test('stops once, however often it is asked', async () => {
    await lifecycle.start(part('records'))
    await Promise.all([lifecycle.stop(), lifecycle.stop()])
    await lifecycle.stop()
    expect(said).toEqual(['start records', 'stop records'])
  })

  test('goes on to the next part when one fails to stop', async () => {
    await lifecycle.start(part('records'))
    await lifecycle.start(part('http', { stop: () => Promise.reject(new Error('stuck')) }))
    await lifecycle.stop()
    expect(said.at(-1)).toBe('stop records')
  })

  test('waits for a part that hangs no longer than its deadline', async () => {
    vi.useFakeTimers()
    await lifecycle.start(part('records'))
    await lifecycle.start({ ...part('http', { stop: () => new Promise(() => {}) }), stopDeadlineMs: 1_000 })
    const stopped = lifecycle.stop()
    await vi.advanceTimersByTimeAsync(999)
    expect(said).not.toContain('stop records')
    await vi.advanceTimersByTimeAsync(1)
    await stopped
    expect(said.at(-1)).toBe('stop records')
  })

  test('asked to stop while a part is starting, stops that part too and starts no other', async () => {
    const gate = Promise.withResolvers<string>()
    await lifecycle.start(part('records'))
    const starting = lifecycle.start(part('http', { start: () => gate.promise }))
    const stopped = lifecycle.stop()
    gate.resolve('http')
    await expect(starting).rejects.toThrow(expect.objectContaining({ code: 'cancelled' }))
    await stopped
    await expect(lifecycle.start(part('ai'))).rejects.toThrow(expect.objectContaining({ code: 'cancelled' }))
    expect(said).toEqual(['start records', 'start http', 'stop http', 'stop records'])
  })
})
