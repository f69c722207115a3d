import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { EVENT_ATTEMPTS, EVENT_TIMEOUT_MS } from '../event-feed.ts'
import { VirtualClock } from '../fixtures/virtual-clock.ts'
import { Elsewhere, Happened, HappenedNext, Unheard } from './contracts.ts'
import { Observations, type OpenMessaging } from './open-messaging.ts'

export function eventsSuite(open: OpenMessaging): void {
  test('an event reaches every subscribing service once, in the order published', async () => {
    await using messaging = await open()
    const heard: Record<string, number[]> = { media: [], signaling: [] }
    messaging.subscribe('media', Happened, ({ n }) => void heard.media?.push(n))
    messaging.subscribe('signaling', Happened, async ({ n }) => {
      await new Promise(resolve => setImmediate(resolve))
      heard.signaling?.push(n)
    })
    await messaging.start()
    const numbers = Array.from({ length: 600 }, (_, n) => n)
    await Promise.all(numbers.flatMap(n => [messaging.publish(Happened, { n }), messaging.publish(Unheard, { n })]))
    await messaging.idle()
    expect(heard).toEqual({ media: numbers, signaling: numbers })
  })

  test('an event published while a subscribing service is down reaches it when it is back', async () => {
    const store = randomUUID()
    const heard: number[] = []
    const run = async (work: (messaging: Awaited<ReturnType<OpenMessaging>>) => Promise<void>) => {
      await using messaging = await open({ store })
      await work(messaging)
      await messaging.idle()
    }
    await run(async messaging => {
      messaging.subscribe('media', Happened, ({ n }) => void heard.push(n))
      await messaging.start()
      await messaging.publish(Happened, { n: 1 })
    })
    await run(async messaging => {
      await messaging.start()
      for (const n of [2, 3]) await messaging.publish(Happened, { n })
    })
    await run(async messaging => {
      messaging.subscribe('media', Happened, ({ n }) => void heard.push(n))
      await messaging.start()
      await messaging.publish(Happened, { n: 4 })
    })
    expect(heard).toEqual([1, 2, 3, 4])
  })

  test('a service hears nothing of the time before its first subscription', async () => {
    const store = randomUUID()
    {
      await using messaging = await open({ store })
      await messaging.publish(Happened, { n: 1 })
    }
    await using messaging = await open({ store })
    const heard: number[] = []
    messaging.subscribe('media', Happened, ({ n }) => void heard.push(n))
    await messaging.publish(Happened, { n: 2 })
    await messaging.start()
    await messaging.idle()
    expect(heard).toEqual([2])
  })

  test('a handler that fails is tried again before the next event of the channel', async () => {
    await using messaging = await open()
    const heard: string[] = []
    let failures = 2
    messaging.subscribe('media', Happened, ({ n }) => {
      heard.push(`${n}`)
      if (n === 1 && failures-- > 0) throw new Error('flaky')
    })
    await messaging.start()
    for (const n of [1, 2]) await messaging.publish(Happened, { n })
    await messaging.idle()
    expect(heard).toEqual(['1', '1', '1', '2'])
  })

  test('an event that keeps failing for one service is parked for it, and the others do not notice', async () => {
    const observations = new Observations()
    await using messaging = await open({ observe: observations.observe })
    const heard: string[] = []
    messaging.subscribe('media', Happened, ({ n }) => {
      heard.push(`media ${n}`)
      if (n === 1) throw new Error('never works')
    })
    messaging.subscribe('signaling', Happened, ({ n }) => void heard.push(`signaling ${n}`))
    await messaging.start()
    for (const n of [1, 2]) await messaging.publish(Happened, { n })
    await messaging.idle()
    expect(heard.filter(text => text === 'media 1')).toHaveLength(EVENT_ATTEMPTS)
    expect(heard.filter(text => text !== 'media 1').sort()).toEqual(['media 2', 'signaling 1', 'signaling 2'])
    expect(observations.seen.filter(({ type }) => type === 'dead')).toEqual([
      { type: 'dead', kind: 'event', service: 'media', name: 'thing.happened', code: 'internal' },
    ])
  })

  test('an event of a version that a service does not know is parked for it at once', async () => {
    const observations = new Observations()
    await using messaging = await open({ observe: observations.observe })
    const heard: number[] = []
    messaging.subscribe('media', Happened, ({ n }) => void heard.push(n))
    await messaging.start()
    await messaging.publish(HappenedNext, { n: 1 })
    await messaging.publish(Happened, { n: 2 })
    await messaging.idle()
    expect(heard).toEqual([2])
    expect(observations.seen).toContainEqual(expect.objectContaining({ type: 'dead', code: 'version-unsupported' }))
    expect(observations.count('retried')).toBe(0)
  })

  test('a handler that never returns fails at its deadline, and the channel goes on', async () => {
    const clock = new VirtualClock()
    const observations = new Observations()
    await using messaging = await open({ clock, observe: observations.observe, backoff: { baseMs: 0, capMs: 0 } })
    const heard: number[] = []
    let started = Promise.withResolvers<void>()
    messaging.subscribe('media', Happened, async ({ n }) => {
      heard.push(n)
      started.resolve()
      if (n === 1) await new Promise(() => {})
    })
    await messaging.start()
    await messaging.publish(Happened, { n: 1 })
    await messaging.publish(Happened, { n: 2 })
    for (let attempt = 1; attempt <= EVENT_ATTEMPTS; attempt += 1) {
      await started.promise
      started = Promise.withResolvers()
      clock.advance(EVENT_TIMEOUT_MS)
      if (attempt < EVENT_ATTEMPTS) {
        await observations.until('retried', attempt)
        await new Promise(resolve => setImmediate(resolve))
        clock.advance(0) // a backoff of nothing is still a timer
      }
    }
    await messaging.idle()
    expect(heard).toEqual([1, 1, 1, 1, 1, 2])
    expect(observations.seen).toContainEqual(expect.objectContaining({ type: 'dead', code: 'timeout' }))
  })

  test('a slow channel holds up no other channel of the same service', async () => {
    await using messaging = await open()
    const released = Promise.withResolvers<void>()
    const passed = Promise.withResolvers<void>()
    messaging.subscribe('signaling', Happened, () => released.promise)
    messaging.subscribe('signaling', Elsewhere, () => passed.resolve())
    await messaging.start()
    await messaging.publish(Happened, { n: 1 })
    await messaging.publish(Elsewhere, { n: 1 })
    await passed.promise
    released.resolve()
    await messaging.idle()
  })

  test('with delivery each, every process gets an event from its start on, and nothing is kept for later', async () => {
    const store = randomUUID()
    const heard: number[] = []
    for (const n of [1, 2]) {
      await using messaging = await open({ store })
      messaging.subscribe('signaling', Happened, event => void heard.push(event.n), { delivery: 'each' })
      await messaging.publish(Happened, { n: -n })
      await messaging.start()
      await messaging.publish(Happened, { n })
      await messaging.publish(Unheard, { n })
      await messaging.idle()
    }
    expect(heard).toEqual([1, 2])
  })

  test('an event handler is told the event id and when it was published', async () => {
    const clock = new VirtualClock()
    await using messaging = await open({ clock })
    const contexts: { id: string; atMs: number }[] = []
    messaging.subscribe('media', Happened, (_, context) => void contexts.push(context))
    await messaging.start()
    await messaging.publish(Happened, { n: 1 })
    await messaging.idle()
    expect(contexts).toEqual([{ id: expect.any(String), atMs: clock.now() }])
  })

  test('a fact that breaks its schema is refused as payload-invalid', async () => {
    await using messaging = await open()
    await expect(messaging.publish(Happened, { n: 1.5 })).rejects.toMatchObject({ code: 'payload-invalid' })
  })
}
