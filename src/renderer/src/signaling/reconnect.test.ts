import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { CodedError } from '#contracts/errors.ts'
import { RECONNECT_POLICY, reconnect } from './reconnect.ts'

const policy = { ...RECONNECT_POLICY, random: () => 1 }
const unreachable = () => new CodedError('server-unreachable', 'Nobody answers there.')

let attemptsAtMs: number[]
beforeEach(() => {
  vi.useFakeTimers({ now: 0 })
  attemptsAtMs = []
})
afterEach(() => {
  vi.useRealTimers()
})

const failing = (error: () => Error) => async () => {
  attemptsAtMs.push(Date.now())
  throw error()
}

test('attempts come at 0.3 s and then ever less often, down to every 5 s, until 60 s are over', async () => {
  const failed = expect(reconnect(failing(unreachable), new AbortController().signal, policy)).rejects.toMatchObject({
    code: 'connection-lost',
    cause: expect.objectContaining({ code: 'server-unreachable' }),
  })
  await vi.advanceTimersByTimeAsync(60_000)
  await failed
  expect(attemptsAtMs.slice(0, 6)).toEqual([300, 900, 2_100, 4_500, 9_300, 14_300])
  expect(attemptsAtMs.at(-1)).toBeLessThan(60_000)
  expect(vi.getTimerCount()).toBe(0)
})

test('the first success is the result', async () => {
  let calls = 0
  const attempt = async () => {
    if (++calls < 3) throw unreachable()
    return 'back'
  }
  const result = reconnect(attempt, new AbortController().signal, policy)
  await vi.advanceTimersByTimeAsync(2_100)
  await expect(result).resolves.toBe('back')
  expect(vi.getTimerCount()).toBe(0)
})

test('what trying again cannot change ends it at once', async () => {
  const ended = () => new CodedError('meeting-ended', 'It is over.')
  const failed = expect(reconnect(failing(ended), new AbortController().signal, policy)).rejects.toMatchObject({
    code: 'meeting-ended',
  })
  await vi.advanceTimersByTimeAsync(300)
  await failed
})

test('a server that asks for time gets it', async () => {
  const busy = () => new CodedError('rate-limited', 'Slowly.', { retryAfterMs: 4_000 })
  const controller = new AbortController()
  const failed = expect(reconnect(failing(busy), controller.signal, policy)).rejects.toMatchObject({
    code: 'cancelled',
  })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(attemptsAtMs).toEqual([300, 4_300])
  controller.abort()
  await failed
})

test('an attempt that hangs is given up with everything else', async () => {
  const hanging = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
  const failed = expect(reconnect(hanging, new AbortController().signal, policy)).rejects.toMatchObject({
    code: 'connection-lost',
  })
  await vi.advanceTimersByTimeAsync(60_000)
  await failed
})
