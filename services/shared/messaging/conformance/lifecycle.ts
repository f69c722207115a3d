import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { VirtualClock } from '../fixtures/virtual-clock.ts'
import { Double, Echo, Happened, Shout } from './contracts.ts'
import { Observations, type OpenMessaging } from './open-messaging.ts'

export function lifecycleSuite(open: OpenMessaging): void {
  test('closing lets what runs finish, with all that it sends, and takes nothing from outside', async () => {
    const store = randomUUID()
    const messaging = await open({ store })
    const started = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    const handled: string[] = []
    messaging.handle(Echo, async ({ text }) => {
      started.resolve()
      await released.promise
      await messaging.enqueue(Shout, { text: `after ${text}` })
      await messaging.publish(Happened, { n: 1 })
      await messaging.request(Double, { n: 1 })
      handled.push(text)
    })
    messaging.respond(Double, ({ n }) => ({ n }))
    await messaging.start()
    await messaging.enqueue(Echo, { text: 'running' })
    await started.promise
    const closing = messaging.close()
    await expect(messaging.enqueue(Echo, { text: 'outside' })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(messaging.publish(Happened, { n: 2 })).rejects.toMatchObject({ code: 'unavailable' })
    await expect(messaging.request(Double, { n: 2 })).rejects.toMatchObject({ code: 'unavailable' })
    released.resolve()
    await closing
    expect(handled).toEqual(['running'])

    await using later = await open({ store })
    later.handle(Shout, ({ text }) => void handled.push(text))
    later.handle(Echo, ({ text }) => void handled.push(text))
    await later.start()
    await later.idle()
    expect(handled).toEqual(['running', 'after running'])
  })

  test('what still runs at the deadline is aborted, and is handled again later', async () => {
    const store = randomUUID()
    const observations = new Observations()
    const messaging = await open({ store, observe: observations.observe })
    const started = Promise.withResolvers<AbortSignal>()
    messaging.handle(Echo, async (_, { signal }) => {
      started.resolve(signal)
      await new Promise(() => {})
    })
    await messaging.start()
    await messaging.enqueue(Echo, { text: 'long' })
    const signal = await started.promise
    await messaging.close({ deadlineMs: 1 })
    expect(signal.aborted).toBe(true)
    expect(observations.count('failed')).toBe(0)

    await using later = await open({ store })
    const attempts: number[] = []
    later.handle(Echo, (_, { attempt }) => void attempts.push(attempt))
    await later.start()
    await later.idle()
    expect(attempts).toEqual([2])
  })

  test('what waits at the close keeps waiting, tasks and events alike', async () => {
    const store = randomUUID()
    const clock = new VirtualClock()
    const first = await open({ store, clock })
    first.subscribe('media', Happened, () => {})
    await first.enqueue(Echo, { text: 'waiting' })
    await first.enqueue(Echo, { text: 'delayed' }, { delayMs: 60_000 })
    await first.publish(Happened, { n: 1 })
    await first.close()

    clock.advance(60_000)
    await using second = await open({ store, clock })
    const handled: unknown[] = []
    second.handle(Echo, ({ text }) => void handled.push(text))
    second.subscribe('media', Happened, ({ n }) => void handled.push(n))
    await second.start()
    await second.idle()
    expect(handled.sort()).toEqual([1, 'delayed', 'waiting'])
  })

  test('close can be called twice, and afterwards everything is unavailable', async () => {
    const messaging = await open()
    await messaging.start()
    await Promise.all([messaging.close(), messaging.close()])
    await messaging.close()
    const unavailable = { code: 'unavailable' }
    await expect(messaging.enqueue(Echo, { text: '' })).rejects.toMatchObject(unavailable)
    await expect(messaging.publish(Happened, { n: 1 })).rejects.toMatchObject(unavailable)
    await expect(messaging.request(Double, { n: 1 })).rejects.toMatchObject(unavailable)
  })

  test('a task has one handler, and a request one responder', async () => {
    await using messaging = await open()
    messaging.handle(Echo, () => {})
    messaging.respond(Double, ({ n }) => ({ n }))
    expect(() => messaging.handle(Echo, () => {})).toThrow('has a handler already')
    expect(() => messaging.respond(Double, ({ n }) => ({ n }))).toThrow('has a responder already')
  })

  test('it is available until it is closed', async () => {
    const messaging = await open()
    expect(messaging.isAvailable).toBe(true)
    await messaging.start()
    expect(messaging.isAvailable).toBe(true)
    await messaging.close()
    expect(messaging.isAvailable).toBe(false)
  })

  test('idle resolves at once when there is nothing to wait for, also before the start', async () => {
    await using messaging = await open()
    await messaging.idle()
    await messaging.start()
    await messaging.idle()
  })
}
