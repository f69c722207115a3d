import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failedEventOf } from '#contracts/definitions.ts'
import { Echo, Happened, Step, Unheard } from '../../conformance/contracts.ts'
import { sealEnvelope } from '../../envelope.ts'
import { toPlacement } from '../../placement.ts'
import type { NewTask, Op, StoredTask } from './protocol.ts'
import { openDatabase } from './schema.ts'
import { Store } from './store.ts'

const DAY_MS = 24 * 60 * 60 * 1_000
let folder: string
let db: DatabaseSync
let store: Store
let ask = 0

const open = () => {
  const file = join(folder, 'messaging.sqlite')
  const limits = { maxDepth: 100_000, keyRetentionMs: 7 * DAY_MS, eventRetentionMs: 7 * DAY_MS }
  db = openDatabase(file)
  return new Store(db, { file, nowMs: 0, ...limits })
}
const countOf = (table: 'events' | 'dead_letters' | 'keys') =>
  db.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.count
const handleSteps: Op[] = [
  { op: 'handle', service: 'signaling', name: 'step', concurrency: 16 },
  { op: 'handle', service: 'meeting', name: 'echo', concurrency: 2 },
  { op: 'start' },
]

const stepOf = (lane: string, step: number): NewTask => {
  const { envelope, payload } = sealEnvelope(Step, { lane, step }, { nowMs: 0, trace: '' })
  return { ...envelope, service: 'signaling', ...toPlacement(Step, payload, {}, 0) }
}
const echoOf = (text: string, key?: string): NewTask => {
  const { envelope, payload } = sealEnvelope(Echo, { text }, { nowMs: 0, trace: '', key })
  return { ...envelope, service: 'meeting', ...toPlacement(Echo, payload, {}, 0) }
}
const enqueue = (...tasks: NewTask[]): Op => ({ op: 'enqueue', ask: ++ask, tasks })
const publish = (event: typeof Happened, n: number, nowMs = 0): Op => {
  const { envelope } = sealEnvelope(event, { n }, { nowMs, trace: '' })
  return { op: 'publish', ask: ++ask, event: { ...envelope, channel: event.channel } }
}
const payloads = (tasks: readonly StoredTask[]) => tasks.map(({ payload }) => payload)

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parley-store-'))
  store = open()
})
afterEach(() => {
  store.close()
  rmSync(folder, { recursive: true, force: true })
})

describe('claims', () => {
  test('a task comes back claimed with the commit that stores it', () => {
    store.commit(handleSteps, 0)
    const { claimed, replies } = store.commit([enqueue(echoOf('a'))], 0)
    expect(claimed).toMatchObject([{ payload: '{"text":"a"}', attempt: 1, failures: 0 }])
    expect(replies).toMatchObject([{ ok: true, type: 'enqueued', accepted: 1 }])
  })

  test('beyond the concurrency they wait, and follow with the commit that frees a handler', () => {
    store.commit(handleSteps, 0)
    const { claimed } = store.commit([enqueue(...['a', 'b', 'c'].map(text => echoOf(text)))], 0)
    expect(payloads(claimed)).toEqual(['{"text":"a"}', '{"text":"b"}'])
    const { claimed: next } = store.commit([{ op: 'done', seq: claimed[0]?.seq ?? 0 }], 0)
    expect(payloads(next)).toEqual(['{"text":"c"}'])
  })

  test('lanes take turns: one with a long queue does not go before those that came later', () => {
    const steps = [1, 2, 3].map(step => stepOf('long', step))
    store.commit([{ op: 'handle', service: 'signaling', name: 'step', concurrency: 1 }, { op: 'start' }], 0)
    let { claimed } = store.commit([enqueue(...steps, stepOf('short', 1))], 0)
    const order: string[] = []
    for (let task = claimed[0]; task; task = claimed[0]) {
      order.push(task.payload)
      claimed = store.commit([{ op: 'done', seq: task.seq }], 0).claimed
    }
    expect(order.map(payload => JSON.parse(payload).lane)).toEqual(['long', 'short', 'long', 'long'])
  })

  test('what ran when the process died is claimed again; at the tenth death it is given up and said to have failed', () => {
    store.commit([enqueue(echoOf('killer'))], 0)
    for (let death = 1; death <= 10; death += 1) {
      const { claimed } = store.commit(handleSteps, 0)
      expect(claimed).toMatchObject([{ attempt: death, failures: 0 }])
      store.close()
      store = open()
    }
    expect(store.commit(handleSteps, 0).claimed).toEqual([])
    expect(countOf('dead_letters')).toBe(1)
    const failed = db.prepare('SELECT channel, name, payload FROM events').get()
    expect(failed).toMatchObject({ channel: 'meeting_events', name: 'echo.failed' })
    expect(failedEventOf(Echo).payload.parse(JSON.parse(String(failed?.payload)))).toMatchObject({ code: 'internal' })
  })
})

describe('a commit that can’t be written', () => {
  test('leaves everything as it was, and the next one goes on from there', () => {
    store.commit(
      [...handleSteps, { op: 'subscribe', service: 'media', channel: 'meeting_events', name: 'thing.happened' }],
      0,
    )
    const { claimed } = store.commit([enqueue(stepOf('a', 1), stepOf('a', 2))], 0)
    const seq = claimed[0]?.seq ?? 0
    db.exec('PRAGMA max_page_count = 1') // as full as it is now
    const large = Array.from({ length: 200 }, () => echoOf('x'.repeat(10_000)))
    expect(() => store.commit([{ op: 'done', seq }, publish(Happened, 1), enqueue(...large)], 0)).toThrow(/full/)
    db.exec('PRAGMA max_page_count = 1000000')
    const next = store.commit([{ op: 'done', seq }, publish(Happened, 2)], 0)
    expect(payloads(next.claimed)).toEqual(['{"lane":"a","step":2}'])
    expect(next.deliveries.flatMap(({ events }) => events.map(({ payload }) => payload))).toEqual(['{"n":2}'])
  })
})

describe('keys', () => {
  test('hold for their retention after the task ended, then they are free and pruned', () => {
    store.commit(handleSteps, 0)
    const { claimed } = store.commit([enqueue(echoOf('a', 'k'))], 0)
    store.commit([{ op: 'done', seq: claimed[0]?.seq ?? 0 }], 1_000)
    expect(store.commit([enqueue(echoOf('b', 'k'))], 7 * DAY_MS).claimed).toEqual([])
    expect(payloads(store.commit([enqueue(echoOf('c', 'k'))], 7 * DAY_MS + 1_000).claimed)).toEqual(['{"text":"c"}'])
    store.prune(7 * DAY_MS + 1_000)
    expect(countOf('keys')).toBe(1) // c runs
  })
})

test('dead letters are kept for 30 days', () => {
  store.commit(handleSteps, 0)
  const [first, second] = store.commit([enqueue(echoOf('a'), echoOf('b'))], 0).claimed
  const error = { code: 'internal', message: '' } as const
  store.commit([{ op: 'dead', seq: first?.seq ?? 0, error }], 0)
  store.commit([{ op: 'dead', seq: second?.seq ?? 0, error }], DAY_MS)
  store.prune(30 * DAY_MS - 1)
  expect(countOf('dead_letters')).toBe(2)
  store.prune(30 * DAY_MS)
  expect(countOf('dead_letters')).toBe(1)
})

describe('the event log', () => {
  const subscribe: Op = { op: 'subscribe', service: 'media', channel: 'meeting_events', name: 'thing.happened' }
  const cursor = { service: 'media', channel: 'meeting_events' } as const

  test('is trimmed up to the slowest service', () => {
    store.commit([subscribe, { op: 'start' }], 0)
    const { deliveries } = store.commit([publish(Happened, 1), publish(Happened, 2), publish(Unheard, 3)], 0)
    const [first, second] = deliveries[0]?.events ?? []
    if (!first || !second) throw new Error('two events were expected')
    store.commit([{ op: 'handled', cursor, seq: first.seq }], 0)
    store.prune(30 * DAY_MS)
    expect(countOf('events')).toBe(2)
    store.commit([{ op: 'handled', cursor, seq: second.seq }], 0)
    store.prune(0)
    expect(countOf('events')).toBe(0)
    // A log that was trimmed to nothing goes on counting
    store.close()
    store = open()
    const { deliveries: next } = store.commit([subscribe, { op: 'start' }, publish(Happened, 4)], 0)
    expect(next[0]?.events).toMatchObject([{ payload: '{"n":4}' }])
  })

  test('keeps seven days for a service that does not run', () => {
    store.commit([subscribe], 0)
    store.close()
    store = open()
    store.commit([publish(Happened, 1, 0), publish(Happened, 2, DAY_MS)], DAY_MS)
    store.prune(7 * DAY_MS)
    expect(countOf('events')).toBe(2)
    store.prune(7 * DAY_MS + 1)
    expect(countOf('events')).toBe(1)
    const { deliveries } = store.commit([subscribe, { op: 'start' }], 8 * DAY_MS)
    expect(deliveries[0]?.events).toMatchObject([{ payload: '{"n":2}' }])
  })

  test('gives a slow service a window at a time, and goes on as it handles them', () => {
    store.commit([subscribe, { op: 'start' }], 0)
    const numbers = Array.from({ length: 1_000 }, (_, n) => n)
    let report = store.commit(
      numbers.map(n => publish(Happened, n)),
      0,
    )
    const heard: string[] = []
    while (report.deliveries.length) {
      const events = report.deliveries.flatMap(delivery => delivery.events)
      expect(events.length).toBeLessThanOrEqual(256)
      heard.push(...events.map(({ payload }) => payload))
      report = store.commit(
        events.map(({ seq }) => ({ op: 'handled', cursor, seq }) as const),
        0,
      )
    }
    expect(heard).toEqual(numbers.map(n => `{"n":${n}}`))
    expect(store.isIdle).toBe(true)
  })
})
