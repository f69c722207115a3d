import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { VirtualClock } from '../fixtures/virtual-clock.ts'
import { traceToSend } from '../handler-scope.ts'
import { defineTask } from '../messaging.ts'
import { traceIdOf } from '../trace-context.ts'
import { Echo, Happened, Shout } from './contracts.ts'
import { Observations, type OpenMessaging } from './open-messaging.ts'

export function tasksSuite(open: OpenMessaging): void {
  test('a task reaches its handler with the parsed payload and its id', async () => {
    await using messaging = await open()
    const handled: unknown[] = []
    messaging.handle(Echo, ({ text }, { id, attempt }) => void handled.push([text, id, attempt]))
    await messaging.start()
    const id = await messaging.enqueue(Echo, { text: ' hi ' })
    await messaging.idle()
    expect(handled).toEqual([['hi', id, 1]])
  })

  test('a task enqueued before the start is handled after it', async () => {
    await using messaging = await open()
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    await messaging.enqueue(Echo, { text: 'early' })
    expect(handled).toEqual([])
    await messaging.start()
    await messaging.idle()
    expect(handled).toEqual(['early'])
  })

  test('a thousand tasks enqueued together are each handled once', async () => {
    await using messaging = await open()
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    await messaging.start()
    const texts = Array.from({ length: 500 }, (_, i) => `${i}`)
    const ids = await Promise.all([
      messaging.enqueueMany(
        Echo,
        texts.map(text => ({ text: `many ${text}` })),
      ),
      ...texts.map(text => messaging.enqueue(Echo, { text })),
    ])
    await messaging.idle()
    expect(new Set(ids.flat()).size).toBe(1_000)
    expect(handled).toHaveLength(1_000)
    expect(new Set(handled).size).toBe(1_000)
  })

  test('a payload that breaks its schema, or is larger than 256 KiB, is refused as payload-invalid', async () => {
    await using messaging = await open()
    // @ts-expect-error the point of the test
    await expect(messaging.enqueue(Echo, { text: 7 })).rejects.toMatchObject({ code: 'payload-invalid' })
    const large = { text: 'é'.repeat(131_073) }
    await expect(messaging.enqueue(Echo, large)).rejects.toMatchObject({ code: 'payload-invalid' })
    await expect(messaging.enqueueMany(Echo, [{ text: 'fine' }, large])).rejects.toMatchObject({
      code: 'payload-invalid',
    })
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    await messaging.start()
    await messaging.idle()
    expect(handled).toEqual([])
  })

  test('a task that no handler is registered for waits until one is', async () => {
    const store = randomUUID()
    {
      await using messaging = await open({ store })
      await messaging.start()
      await messaging.enqueue(Echo, { text: 'patient' })
      await messaging.idle()
    }
    await using messaging = await open({ store })
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    await messaging.start()
    await messaging.idle()
    expect(handled).toEqual(['patient'])
  })

  test('a second task of the same name and key is not accepted, not even after the first completed', async () => {
    const store = randomUUID()
    const handled: string[] = []
    const handle = async (texts: string[]) => {
      await using messaging = await open({ store })
      messaging.handle(Echo, ({ text }) => void handled.push(text))
      messaging.handle(Shout, ({ text }) => void handled.push(text))
      await messaging.start()
      const ids: string[] = []
      for (const text of texts) {
        ids.push(await messaging.enqueue(Echo, { text }, { key: 'k' }))
        await messaging.idle()
      }
      await messaging.enqueue(Shout, { text: 'another name' }, { key: 'k' })
      await messaging.idle()
      return ids
    }
    const first = await handle(['first', 'second'])
    const later = await handle(['third'])
    expect(new Set([...first, ...later]).size).toBe(1)
    expect(handled).toEqual(['first', 'another name'])
  })

  test('the tasks of one bulk are deduplicated one by one', async () => {
    await using messaging = await open()
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    await messaging.start()
    const bulk = [{ text: 'a' }, { text: 'b' }]
    const ids = await messaging.enqueueMany(Echo, bulk, { key: 'bulk' })
    expect(await messaging.enqueueMany(Echo, bulk, { key: 'bulk' })).toEqual(ids)
    expect(await messaging.enqueueMany(Echo, [])).toEqual([])
    await messaging.idle()
    expect(handled).toEqual(['a', 'b'])
  })

  test('a delayed task is not handled before its time, and idle does not wait for it', async () => {
    const clock = new VirtualClock()
    await using messaging = await open({ clock })
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    await messaging.start()
    await messaging.enqueue(Echo, { text: 'later' }, { delayMs: 60_000 })
    await messaging.enqueue(Echo, { text: 'sooner' }, { delayMs: 30_000 })
    clock.advance(29_999)
    await messaging.idle()
    expect(handled).toEqual([])
    clock.advance(1)
    await messaging.idle()
    expect(handled).toEqual(['sooner'])
    clock.advance(30_000)
    await messaging.idle()
    expect(handled).toEqual(['sooner', 'later'])
  })

  test('a more urgent task goes before those that came earlier', async () => {
    await using messaging = await open()
    const handled: string[] = []
    messaging.handle(defineTask(Echo, { concurrency: 1 }, ({ text }) => void handled.push(text)))
    await messaging.enqueue(Echo, { text: 'least' }, { priority: 9 })
    await messaging.enqueue(Echo, { text: 'usual' })
    await messaging.enqueue(Echo, { text: 'usual, later' })
    await messaging.enqueue(Echo, { text: 'most' }, { priority: 0 })
    await messaging.start()
    await messaging.idle()
    expect(handled).toEqual(['most', 'usual', 'usual, later', 'least'])
  })

  test('no more of a task run at once than its concurrency, and as many as that', async () => {
    await using messaging = await open()
    let running = 0
    let most = 0
    messaging.handle(
      defineTask(Echo, { concurrency: 3 }, async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise(resolve => setImmediate(resolve))
        running -= 1
      }),
    )
    await messaging.enqueueMany(
      Echo,
      Array.from({ length: 20 }, () => ({ text: '' })),
    )
    await messaging.start()
    await messaging.idle()
    expect(most).toBe(3)
  })

  test('a service with too many tasks waiting refuses more as queue-full, and says when to come back', async () => {
    await using messaging = await open({ maxDepth: 3 })
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    const three = [{ text: 'a' }, { text: 'b' }, { text: 'c' }]
    await messaging.enqueueMany(Echo, three)
    await expect(messaging.enqueue(Echo, { text: 'd' })).rejects.toMatchObject({
      code: 'queue-full',
      retryAfterMs: expect.any(Number),
    })
    await messaging.start()
    await messaging.idle()
    await messaging.enqueueMany(Echo, three)
    await expect(messaging.enqueueMany(Echo, [...three, { text: 'd' }])).rejects.toMatchObject({ code: 'queue-full' })
    await messaging.idle()
    expect(handled).toEqual(['a', 'b', 'c', 'a', 'b', 'c'])
  })

  test('a task cancelled before it started is not handled, and gives its key back', async () => {
    const clock = new VirtualClock()
    await using messaging = await open({ clock })
    const handled: string[] = []
    messaging.handle(Echo, ({ text }) => void handled.push(text))
    await messaging.start()
    const withdrawn = await messaging.enqueue(Echo, { text: 'withdrawn' }, { delayMs: 1_000, key: 'k' })
    expect(await messaging.cancel(withdrawn)).toBe(true)
    expect(await messaging.cancel(withdrawn)).toBe(false)
    await messaging.enqueue(Echo, { text: 'again' }, { delayMs: 1_000, key: 'k' })
    clock.advance(1_000)
    await messaging.idle()
    expect(handled).toEqual(['again'])
  })

  test('cancelling a task that runs aborts its signal; it does not run again and does not count as failed', async () => {
    const observations = new Observations()
    await using messaging = await open({ observe: observations.observe })
    const started = Promise.withResolvers<void>()
    const attempts: number[] = []
    messaging.handle(Echo, async (_, { attempt, signal }) => {
      attempts.push(attempt)
      started.resolve()
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await messaging.start()
    const id = await messaging.enqueue(Echo, { text: '' })
    await started.promise
    expect(await messaging.cancel(id)).toBe(true)
    await messaging.idle()
    expect(await messaging.cancel(id)).toBe(false)
    expect(attempts).toEqual([1])
    expect(observations.count('failed') + observations.count('dead')).toBe(0)
  })

  test('what a handler sends carries the trace of its task', async () => {
    await using messaging = await open()
    const traces: (string | undefined)[] = []
    const note = () => void traces.push(traceIdOf(traceToSend()))
    messaging.handle(Echo, async ({ text }) => {
      note()
      await messaging.enqueue(Shout, { text })
    })
    messaging.handle(Shout, async () => {
      note()
      await messaging.publish(Happened, { n: 1 })
    })
    messaging.subscribe('media', Happened, note)
    await messaging.start()
    await messaging.enqueue(Echo, { text: '' })
    await messaging.idle()
    expect(traces).toHaveLength(3)
    expect(new Set(traces).size).toBe(1)
    await messaging.enqueue(Echo, { text: '' })
    await messaging.idle()
    expect(new Set(traces).size).toBe(2)
  })

  test('what happens to tasks is observed, with the service, the name and durations', async () => {
    const clock = new VirtualClock()
    const observations = new Observations()
    await using messaging = await open({ clock, observe: observations.observe })
    messaging.handle(Echo, () => clock.advance(70))
    await messaging.enqueue(Echo, { text: '' })
    clock.advance(30)
    await messaging.start()
    await messaging.idle()
    const labels = { service: 'meeting', name: 'echo' }
    expect(observations.seen.filter(({ type }) => type !== 'committed')).toEqual([
      { type: 'enqueued', ...labels, count: 1 },
      { type: 'handled', kind: 'task', ...labels, waitMs: 30, runMs: 70 },
    ])
  })
}
