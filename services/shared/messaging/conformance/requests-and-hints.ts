import { expect, test } from 'vitest'
import { CodedError } from '#contracts/errors.ts'
import { VirtualClock } from '../fixtures/virtual-clock.ts'
import type { MessagingLog } from '../observer.ts'
import { Double, DoubleWrong, Level } from './contracts.ts'
import type { OpenMessaging } from './open-messaging.ts'

export function requestsSuite(open: OpenMessaging): void {
  test('a request is answered by the service that responds to it', async () => {
    await using messaging = await open()
    messaging.respond(Double, async ({ n }) => ({ n: n * 2 }))
    await messaging.start()
    expect(await messaging.request(Double, { n: 21 })).toEqual({ n: 42 })
  })

  test('a request that nobody answers, or that comes before the start, is unavailable', async () => {
    await using messaging = await open()
    await expect(messaging.request(Double, { n: 1 })).rejects.toMatchObject({ code: 'unavailable' })
    await messaging.start()
    await expect(messaging.request(Double, { n: 1 })).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('a request is parsed by the sender, by the responder, and its reply by the sender', async () => {
    await using messaging = await open()
    messaging.respond(Double, ({ n }) => (n > 100 ? { n: Number.NaN } : { n }))
    await messaging.start()
    // @ts-expect-error the point of the test
    await expect(messaging.request(Double, { n: '1' })).rejects.toMatchObject({ code: 'payload-invalid' })
    await expect(messaging.request(DoubleWrong, { m: 1 })).rejects.toMatchObject({ code: 'payload-invalid' })
    await expect(messaging.request(Double, { n: 101 })).rejects.toMatchObject({ code: 'internal' })
  })

  test('a coded error of the responder passes as it is; any other becomes internal, and its cause is logged', async () => {
    const logged: object[] = []
    const log: MessagingLog = { info() {}, warn() {}, error: fields => void logged.push(fields) }
    await using messaging = await open({ log })
    const crash = new Error('secret detail')
    messaging.respond(Double, ({ n }) => {
      if (n === 1) throw new CodedError('rate-limited', 'Slower, please.', { retryAfterMs: 10, cause: crash })
      throw crash
    })
    await messaging.start()
    const coded = await messaging.request(Double, { n: 1 }).catch((error: unknown) => error)
    expect(coded).toMatchObject({ code: 'rate-limited', message: 'Slower, please.', retryAfterMs: 10 })
    expect(coded).not.toHaveProperty('cause')
    const hidden = await messaging.request(Double, { n: 2 }).catch((error: unknown) => error)
    expect(hidden).toMatchObject({ code: 'internal', message: expect.not.stringContaining('secret') })
    expect(hidden).not.toHaveProperty('cause')
    expect(logged).toEqual([{ request: 'double', err: crash }])
  })

  test('a request that is not answered in time ends as timeout, and its responder is told to stop', async () => {
    const clock = new VirtualClock()
    await using messaging = await open({ clock })
    const stopped: unknown[] = []
    messaging.respond(
      Double,
      (_, { signal }) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => {
            stopped.push(signal.reason)
            reject(signal.reason)
          }),
        ),
    )
    await messaging.start()
    const byDefault = messaging.request(Double, { n: 1 })
    const sooner = messaging.request(Double, { n: 1 }, { timeoutMs: 100 })
    const bothEnd = Promise.allSettled([byDefault, sooner])
    clock.advance(100)
    await expect(sooner).rejects.toMatchObject({ code: 'timeout' })
    clock.advance(4_900)
    await expect(byDefault).rejects.toMatchObject({ code: 'timeout' })
    expect(stopped).toHaveLength(2)
    await bothEnd
  })

  test('who asks can give up', async () => {
    await using messaging = await open()
    const started = Promise.withResolvers<AbortSignal>()
    messaging.respond(Double, (_, { signal }) => {
      started.resolve(signal)
      return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))))
    })
    await messaging.start()
    const controller = new AbortController()
    const asked = messaging.request(Double, { n: 1 }, { signal: controller.signal })
    const seen = await started.promise
    controller.abort()
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' })
    expect(seen.aborted).toBe(true)
    const late = messaging.request(Double, { n: 1 }, { signal: controller.signal })
    await expect(late).rejects.toMatchObject({ code: 'cancelled' })
  })

  test('a hint reaches all who listen, although one of them throws', async () => {
    await using messaging = await open()
    const heard: number[] = []
    const off = messaging.onHint(Level, ({ n }) => void heard.push(n))
    messaging.onHint(Level, () => {
      throw new Error('broken listener')
    })
    messaging.onHint(Level, ({ n }) => void heard.push(n * 10))
    await messaging.start()
    messaging.hint(Level, { n: 1 })
    await expect.poll(() => heard).toEqual([1, 10])
    off()
    messaging.hint(Level, { n: 2 })
    await expect.poll(() => heard).toEqual([1, 10, 20])
    // @ts-expect-error the point of the test
    expect(() => messaging.hint(Level, { n: 'loud' })).toThrow(expect.objectContaining({ code: 'payload-invalid' }))
  })
}
