import { expect, onTestFinished, test, vi } from 'vitest'
import { failedEventOf, type TaskContract } from '#contracts/definitions.ts'
import { CodedError } from '#contracts/errors.ts'
import { VirtualClock } from '../fixtures/virtual-clock.ts'
import { defineTask } from '../messaging.ts'
import { PermanentError } from '../permanent-error.ts'
import { Echo, EchoNext, EchoWrong, Shout } from './contracts.ts'
import { Observations, type OpenMessaging } from './open-messaging.ts'

export function retriesSuite(open: OpenMessaging): void {
  test('a task that fails once runs again as attempt 2', async () => {
    await using messaging = await open()
    const attempts: number[] = []
    messaging.handle(Echo, (_, { attempt }) => {
      attempts.push(attempt)
      if (attempt === 1) throw new Error('flaky')
    })
    await messaging.start()
    await messaging.enqueue(Echo, { text: 'hi' })
    await messaging.idle()
    expect(attempts).toEqual([1, 2])
  })

  test('a retry waits as long as the backoff says', async () => {
    onTestFinished(() => void vi.restoreAllMocks())
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const clock = new VirtualClock()
    const observations = new Observations()
    await using messaging = await open({
      clock,
      observe: observations.observe,
      backoff: { baseMs: 200, capMs: 30_000 },
    })
    const atMs: number[] = []
    const began = clock.now()
    messaging.handle(Echo, (_, { attempt }) => {
      atMs.push(clock.now() - began)
      if (attempt < 4) throw new Error('flaky')
    })
    await messaging.start()
    await messaging.enqueue(Echo, { text: '' })
    for (const [i, delayMs] of [100, 200, 400].entries()) {
      await observations.until('retried', i + 1)
      clock.advance(delayMs - 1)
      await messaging.cancel(await messaging.enqueue(Echo, { text: '' }, { delayMs: 1e9 })) // all before is on disk
      clock.advance(1)
    }
    await messaging.idle()
    expect(atMs).toEqual([0, 100, 300, 700])
  })

  test('a task that fails at every attempt ends, and its failed event tells its code, not what was thrown', async () => {
    const observations = new Observations()
    await using messaging = await open({ observe: observations.observe })
    const attempts: number[] = []
    const failures: unknown[] = []
    messaging.handle(
      defineTask(Echo, { attempts: 3 }, (_, { attempt }) => {
        attempts.push(attempt)
        throw new Error('secret detail')
      }),
    )
    messaging.subscribe('signaling', failedEventOf(Echo), failed => void failures.push(failed))
    await messaging.start()
    const taskId = await messaging.enqueue(Echo, { text: 'poison' })
    await messaging.idle()
    expect(attempts).toEqual([1, 2, 3])
    const message = expect.not.stringContaining('secret')
    expect(failures).toEqual([{ taskId, code: 'internal', message, payload: { text: 'poison' } }])
    expect([observations.count('retried'), observations.count('failed')]).toEqual([2, 3])
    expect(observations.seen).toContainEqual({
      ...{ type: 'dead', kind: 'task', service: 'meeting', name: 'echo', code: 'internal' },
    })
  })

  test('a coded error keeps its code and words to the end', async () => {
    await using messaging = await open()
    const failures: unknown[] = []
    messaging.handle(
      defineTask(Echo, { attempts: 2 }, () => Promise.reject(new CodedError('media-unavailable', 'No worker is up.'))),
    )
    messaging.subscribe('signaling', failedEventOf(Echo), failed => void failures.push(failed))
    await messaging.start()
    await messaging.enqueue(Echo, { text: '' })
    await messaging.idle()
    expect(failures).toMatchObject([{ code: 'media-unavailable', message: 'No worker is up.' }])
  })

  test('a permanent error ends a task at its first attempt', async () => {
    await using messaging = await open()
    const attempts: number[] = []
    const failures: unknown[] = []
    messaging.handle(Echo, (_, { attempt }) => {
      attempts.push(attempt)
      throw new PermanentError('meeting-unknown', 'There is no such meeting.')
    })
    messaging.subscribe('signaling', failedEventOf(Echo), failed => void failures.push(failed))
    await messaging.start()
    await messaging.enqueue(Echo, { text: '' })
    await messaging.idle()
    expect(attempts).toEqual([1])
    expect(failures).toMatchObject([{ code: 'meeting-unknown' }])
  })

  test.each([
    ['a version that this handler does not know', 'version-unsupported', EchoNext, { text: '' }],
    ['a payload that breaks the schema', 'payload-invalid', EchoWrong, { txet: '' }],
  ] as [string, string, TaskContract<object>, object][])(
    'a stored task with %s is parked as %s, never handled',
    async (_, code, contract, payload) => {
      const observations = new Observations()
      await using messaging = await open({ observe: observations.observe })
      const handled: string[] = []
      messaging.handle(Echo, ({ text }) => void handled.push(text))
      await messaging.start()
      await messaging.enqueue(contract, payload)
      await messaging.enqueue(Echo, { text: 'good' })
      await messaging.idle()
      expect(handled).toEqual(['good'])
      expect(observations.seen.find(({ type }) => type === 'dead')).toMatchObject({ kind: 'task', name: 'echo', code })
    },
  )

  test('a handler that ignores its signal fails at the deadline, and its late result is ignored', async () => {
    const clock = new VirtualClock()
    const observations = new Observations()
    await using messaging = await open({ clock, observe: observations.observe, backoff: { baseMs: 0, capMs: 0 } })
    const release = Promise.withResolvers<void>()
    const signals: AbortSignal[] = []
    const started = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    messaging.handle(
      defineTask(Echo, { timeoutMs: 1_000 }, async (_, { attempt, signal }) => {
        signals.push(signal)
        started[attempt - 1]?.resolve()
        await release.promise
      }),
    )
    await messaging.start()
    await messaging.enqueue(Echo, { text: '' })
    await started[0]?.promise
    clock.advance(999)
    expect(signals[0]?.aborted).toBe(false)
    clock.advance(1)
    expect(signals[0]?.reason).toMatchObject({ code: 'timeout' })
    expect(observations.seen).toContainEqual(expect.objectContaining({ type: 'failed', code: 'timeout', runMs: 1_000 }))
    await started[1]?.promise
    release.resolve() // both attempts return now; only the second one counts
    await messaging.idle()
    expect(signals).toHaveLength(2)
    expect(observations.count('handled')).toBe(1)
  })

  test('one task that fails holds up no other', async () => {
    const clock = new VirtualClock()
    const observations = new Observations()
    await using messaging = await open({ clock, observe: observations.observe })
    const handled: string[] = []
    messaging.handle(
      defineTask(Echo, { concurrency: 1 }, ({ text }) => {
        if (text === 'bad') throw new Error('bad')
        handled.push(text)
      }),
    )
    messaging.handle(Shout, ({ text }) => void handled.push(text))
    await messaging.start()
    await messaging.enqueueMany(Echo, [{ text: 'bad' }, { text: 'good' }])
    await messaging.enqueue(Shout, { text: 'other' })
    await observations.until('handled', 2)
    expect(handled.sort()).toEqual(['good', 'other'])
  })
}
