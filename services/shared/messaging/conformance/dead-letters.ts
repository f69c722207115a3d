import { expect, test } from 'vitest'
import { VirtualClock } from '../fixtures/virtual-clock.ts'
import type { Messaging } from '../messaging.ts'
import { PermanentError } from '../permanent-error.ts'
import { Echo, Happened, HappenedNext, Step } from './contracts.ts'
import { Observations, type OpenMessaging } from './open-messaging.ts'

export function deadLettersSuite(open: OpenMessaging): void {
  /** Handles echoes, but fails for as long as it is told to. */
  async function openFailing(messaging: Messaging) {
    const state = { fails: true, handled: [] as string[] }
    messaging.handle(Echo, ({ text }) => {
      if (state.fails) throw new PermanentError('meeting-unknown', 'There is no such meeting.')
      state.handled.push(text)
    })
    await messaging.start()
    return state
  }

  test('what was given up is listed with its reason, the latest first', async () => {
    const clock = new VirtualClock()
    await using messaging = await open({ clock })
    await openFailing(messaging)
    const id = await messaging.enqueue(Echo, { text: 'a' })
    await messaging.enqueue(Echo, { text: 'b' })
    await messaging.idle()
    const letters = await messaging.deadLetters.list()
    expect(letters.map(({ payload }) => payload)).toEqual(['{"text":"b"}', '{"text":"a"}'])
    expect(letters[1]).toEqual({
      ...{ id: expect.stringContaining(id), kind: 'task', service: 'meeting', name: 'echo', version: 1 },
      ...{ payload: '{"text":"a"}', code: 'meeting-unknown', message: 'There is no such meeting.' },
      ...{ atMs: clock.now(), diedAtMs: clock.now() },
    })
    expect(await messaging.deadLetters.list({ limit: 1 })).toEqual([letters[0]])
  })

  test('a replayed task runs once more, from attempt 1 and under its key, and is a letter no more', async () => {
    const observations = new Observations()
    await using messaging = await open({ observe: observations.observe })
    const state = await openFailing(messaging)
    const id = await messaging.enqueue(Echo, { text: 'a' }, { key: 'k' })
    await messaging.idle()
    const [letter] = await messaging.deadLetters.list()
    state.fails = false
    expect(await messaging.deadLetters.replay(letter?.id ?? '')).toBe(true)
    await messaging.idle()
    expect(state.handled).toEqual(['a'])
    expect(await messaging.deadLetters.list()).toEqual([])
    expect(await messaging.deadLetters.replay(letter?.id ?? '')).toBe(false)
    expect(await messaging.enqueue(Echo, { text: 'again' }, { key: 'k' })).toBe(id)
  })

  test('a replayed task that fails again is a letter again', async () => {
    await using messaging = await open()
    await openFailing(messaging)
    await messaging.enqueue(Echo, { text: 'a' })
    await messaging.idle()
    const [letter] = await messaging.deadLetters.list()
    await messaging.deadLetters.replay(letter?.id ?? '')
    await messaging.idle()
    expect(await messaging.deadLetters.list()).toMatchObject([{ id: letter?.id, code: 'meeting-unknown' }])
  })

  test('a replayed task waits behind those in its lane', async () => {
    await using messaging = await open()
    const handled: number[] = []
    const busy = Promise.withResolvers<void>()
    let fails = true
    messaging.handle(Step, async ({ step }) => {
      if (fails) throw new PermanentError('internal', 'Not now.')
      if (step === 2) await busy.promise
      handled.push(step)
    })
    await messaging.start()
    await messaging.enqueue(Step, { lane: 'a', step: 1 })
    await messaging.idle()
    fails = false
    const [letter] = await messaging.deadLetters.list()
    await messaging.enqueueMany(
      Step,
      [2, 3].map(step => ({ lane: 'a', step })),
    )
    await messaging.deadLetters.replay(letter?.id ?? '')
    busy.resolve()
    await messaging.idle()
    expect(handled).toEqual([2, 3, 1])
  })

  test('a full queue takes no replay, and the letter stays', async () => {
    await using messaging = await open({ maxDepth: 1 })
    await openFailing(messaging)
    await messaging.enqueue(Echo, { text: 'a' })
    await messaging.idle()
    const [letter] = await messaging.deadLetters.list()
    await messaging.enqueue(Echo, { text: 'later' }, { delayMs: 1e9 })
    await expect(messaging.deadLetters.replay(letter?.id ?? '')).rejects.toMatchObject({ code: 'queue-full' })
    expect(await messaging.deadLetters.list()).toEqual([letter])
  })

  test('an event that was parked is listed, and not replayed', async () => {
    await using messaging = await open()
    messaging.subscribe('media', Happened, () => {})
    await messaging.start()
    await messaging.publish(HappenedNext, { n: 1 })
    await messaging.idle()
    const letters = await messaging.deadLetters.list()
    expect(letters).toMatchObject([{ kind: 'event', service: 'media', code: 'version-unsupported' }])
    await expect(messaging.deadLetters.replay(letters[0]?.id ?? '')).rejects.toMatchObject({ code: 'bad-request' })
  })

  test('letters are purged by their ids or by their age', async () => {
    const clock = new VirtualClock()
    await using messaging = await open({ clock })
    await openFailing(messaging)
    for (const text of ['a', 'b', 'c']) {
      await messaging.enqueue(Echo, { text })
      await messaging.idle()
      clock.advance(1_000)
    }
    const [latest] = await messaging.deadLetters.list()
    expect(await messaging.deadLetters.purge({ ids: [latest?.id ?? '', 'meeting/none'] })).toBe(1)
    expect(await messaging.deadLetters.purge({ olderThanMs: 2_500 })).toBe(1)
    expect((await messaging.deadLetters.list()).map(({ payload }) => payload)).toEqual(['{"text":"b"}'])
  })
}
