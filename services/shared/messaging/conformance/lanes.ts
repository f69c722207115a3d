import { expect, test } from 'vitest'
import type { TaskId } from '#contracts/ids.ts'
import { VirtualClock } from '../fixtures/virtual-clock.ts'
import { defineTask } from '../messaging.ts'
import { PermanentError } from '../permanent-error.ts'
import { OtherStep, Step } from './contracts.ts'
import { Observations, type OpenMessaging } from './open-messaging.ts'

export function lanesSuite(open: OpenMessaging): void {
  test('the tasks of a lane run one at a time in the order enqueued, whatever their names and priorities', async () => {
    await using messaging = await open()
    const running = new Set<string>()
    const handled = new Map<string, number[]>()
    const handler = async ({ lane, step }: { lane: string; step: number }) => {
      expect(running.has(lane)).toBe(false)
      running.add(lane)
      await new Promise(resolve => setImmediate(resolve))
      running.delete(lane)
      handled.set(lane, [...(handled.get(lane) ?? []), step])
    }
    messaging.handle(Step, handler)
    messaging.handle(OtherStep, handler)
    await messaging.start()
    const enqueued: Promise<unknown>[] = []
    for (let step = 0; step < 30; step += 1) {
      for (const lane of ['a', 'b', 'c']) {
        enqueued.push(messaging.enqueue(step % 3 ? Step : OtherStep, { lane, step }, { priority: 9 - (step % 10) }))
      }
    }
    await Promise.all(enqueued)
    await messaging.idle()
    const inOrder = Array.from({ length: 30 }, (_, step) => step)
    expect(Object.fromEntries(handled)).toEqual({ a: inOrder, b: inOrder, c: inOrder })
  })

  test('lanes do not wait for each other', async () => {
    await using messaging = await open()
    const released = Promise.withResolvers<void>()
    const passed = Promise.withResolvers<void>()
    messaging.handle(Step, async ({ lane }) => {
      if (lane === 'fast') passed.resolve()
      else await released.promise
    })
    await messaging.start()
    await messaging.enqueue(Step, { lane: 'slow', step: 1 })
    await messaging.enqueue(Step, { lane: 'fast', step: 1 })
    await passed.promise
    released.resolve()
    await messaging.idle()
  })

  test('a failing task holds its lane while it retries; when it ends for good the lane goes on', async () => {
    await using messaging = await open()
    const handled: string[] = []
    messaging.handle(
      defineTask(Step, { attempts: 2 }, ({ step }, { attempt }) => {
        handled.push(`${step} attempt ${attempt}`)
        if (step === 1) throw new Error('never works')
      }),
    )
    await messaging.start()
    await messaging.enqueueMany(
      Step,
      [1, 2, 3].map(step => ({ lane: 'a', step })),
    )
    await messaging.idle()
    expect(handled).toEqual(['1 attempt 1', '1 attempt 2', '2 attempt 1', '3 attempt 1'])
  })

  test('a delayed task takes its place in the lane when it is due, and holds nobody up before', async () => {
    const clock = new VirtualClock()
    await using messaging = await open({ clock })
    const handled: number[] = []
    const blocked = Promise.withResolvers<void>()
    const started = Promise.withResolvers<void>()
    messaging.handle(Step, async ({ step }) => {
      handled.push(step)
      started.resolve()
      if (step === 1) await blocked.promise
    })
    await messaging.start()
    await messaging.enqueue(Step, { lane: 'a', step: 100 }, { delayMs: 1_000 })
    await messaging.enqueue(Step, { lane: 'a', step: 1 })
    await messaging.enqueue(Step, { lane: 'a', step: 2 })
    await started.promise
    clock.advance(1_000)
    await messaging.enqueue(Step, { lane: 'a', step: 3 })
    blocked.resolve()
    await messaging.idle()
    expect(handled.slice(0, 2)).toEqual([1, 2])
    expect(handled.slice(2).sort()).toEqual([100, 3].sort())
  })

  test('a cancelled task leaves its lane, whether it waits, runs or waits for its retry', async () => {
    const clock = new VirtualClock()
    const observations = new Observations()
    // Long enough that the retry is never due: the clock stands still
    const backoff = { baseMs: 1e9, capMs: 1e9 }
    await using messaging = await open({ clock, observe: observations.observe, backoff })
    const handled: number[] = []
    const started = Promise.withResolvers<void>()
    messaging.handle(Step, async ({ step }, { signal }) => {
      handled.push(step)
      if (step === 1) throw new Error('flaky')
      started.resolve()
      if (step === 2) await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    })
    await messaging.start()
    const ids: TaskId[] = []
    for (const step of [1, 2, 3, 4]) ids.push(await messaging.enqueue(Step, { lane: 'a', step }))
    const [retrying, running, waiting] = ids
    if (!retrying || !running || !waiting) throw new Error('four ids were expected')
    await observations.until('retried')
    expect(await messaging.cancel(retrying)).toBe(true)
    await started.promise
    expect(await messaging.cancel(waiting)).toBe(true)
    expect(await messaging.cancel(running)).toBe(true)
    await messaging.idle()
    expect(handled).toEqual([1, 2, 4])
  })

  test('a permanent failure ends at once, and its lane goes on', async () => {
    await using messaging = await open()
    const handled: string[] = []
    messaging.handle(Step, ({ lane, step }) => {
      if (step === 1) throw new PermanentError('internal', 'No.')
      handled.push(`${lane}${step}`)
    })
    await messaging.start()
    for (const step of [1, 2]) for (const lane of ['a', 'b']) await messaging.enqueue(Step, { lane, step })
    await messaging.idle()
    expect(handled.sort()).toEqual(['a2', 'b2'])
  })
}
