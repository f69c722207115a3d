import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { Echo, EchoNext, Happened, HappenedNext, Step } from '../../conformance/contracts.ts'
import { Observations } from '../../conformance/open-messaging.ts'
import { messagingSuite } from '../../conformance.ts'
import { PermanentError } from '../../permanent-error.ts'
import { createSqliteMessaging } from './sqlite-messaging.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-messaging-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const fileOf = (store: string = randomUUID()) => join(folder, `${store}.sqlite`)

messagingSuite('SQLite', ({ store, backoff = { baseMs: 1, capMs: 4 }, ...options } = {}) =>
  createSqliteMessaging({ file: fileOf(store), backoff, ...options }),
)

describe('the SQLite driver', () => {
  test('loses nothing that was acknowledged when its process is killed, and keeps every order', async () => {
    const file = fileOf()
    const said = await runUntilKilled(file, 400)
    const acked = said.filter(([word]) => word === 'acked')
    const published = said.filter(([word]) => word === 'published').map(([, n]) => Number(n))
    expect(acked.length).toBeGreaterThan(100)

    const steps = new Map<string, number[]>()
    const heard: number[] = []
    for (const [word, first, second] of said) {
      if (word === 'handled' && first) steps.set(first, [...(steps.get(first) ?? []), Number(second)])
      if (word === 'heard') heard.push(Number(first))
    }
    await using messaging = await createSqliteMessaging({ file })
    messaging.handle(Step, ({ lane, step }) => void steps.set(lane, [...(steps.get(lane) ?? []), step]))
    messaging.subscribe('media', Happened, ({ n }) => void heard.push(n))
    await messaging.start()
    await messaging.idle()

    for (const [, lane = '', step] of acked) expect(steps.get(lane)).toContain(Number(step))
    for (const n of published) expect(heard).toContain(n)
    // At least once: what ran when the process died may have run twice, but nothing was overtaken or left out
    for (const order of [...steps.values(), heard])
      expect([...new Set(order)]).toEqual([...new Set(order)].sort(byNumber))
  })

  test('writes what comes in together in few commits', async () => {
    const observations = new Observations()
    await using messaging = await createSqliteMessaging({ file: fileOf(), observe: observations.observe })
    await messaging.start()
    await Promise.all(Array.from({ length: 1_000 }, (_, i) => messaging.enqueue(Echo, { text: `${i}` })))
    expect(observations.count('enqueued')).toBe(1_000)
    expect(observations.count('committed')).toBeLessThan(100)
  })

  test('a file that another one has open is unavailable until that one closes', async () => {
    const file = fileOf()
    const first = await createSqliteMessaging({ file })
    await expect(createSqliteMessaging({ file })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('Another Parley'),
    })
    await first.close()
    const second = await createSqliteMessaging({ file })
    await second.close()
  })

  test('nobody but the owner can read what is stored', async () => {
    const file = fileOf()
    await using messaging = await createSqliteMessaging({ file })
    await messaging.enqueue(Echo, { text: '' })
    for (const path of [file, `${file}-wal`]) expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  test('a file that is no database, or cannot be written, is storage-failed', async () => {
    const garbage = fileOf()
    await writeFile(garbage, 'this is not a database, and long enough to be looked at as one'.repeat(100))
    await expect(createSqliteMessaging({ file: garbage })).rejects.toMatchObject({ code: 'storage-failed' })
    expect(await readFile(garbage, 'utf8')).toContain('not a database')
    const missing = join(folder, 'no such folder', 'messaging.sqlite')
    await expect(createSqliteMessaging({ file: missing })).rejects.toMatchObject({ code: 'storage-failed' })
  })

  test('a file whose pages are damaged is storage-failed, and is left as it is', async () => {
    const file = fileOf()
    const messaging = await createSqliteMessaging({ file })
    await messaging.enqueue(Echo, { text: '' })
    await messaging.close()
    const bytes = await readFile(file)
    bytes.fill(0xa5, 100) // all but the header
    await writeFile(file, bytes)
    await expect(createSqliteMessaging({ file })).rejects.toMatchObject({ code: 'storage-failed' })
    expect((await readFile(file)).subarray(100).every(byte => byte === 0xa5)).toBe(true)
  })

  test('a file of a later version is refused', async () => {
    const file = fileOf()
    const db = new DatabaseSync(file)
    db.exec('PRAGMA user_version = 99')
    db.close()
    await expect(createSqliteMessaging({ file })).rejects.toMatchObject({
      code: 'storage-failed',
      message: expect.stringContaining('version 99'),
    })
  })

  test('keeps what it gave up as dead letters with their payload and error', async () => {
    const file = fileOf()
    const messaging = await createSqliteMessaging({ file })
    messaging.handle(Echo, () => {
      throw new PermanentError('meeting-unknown', 'There is no such meeting.')
    })
    messaging.subscribe('media', Happened, () => {})
    await messaging.start()
    await messaging.enqueue(Echo, { text: 'poison' })
    await messaging.enqueue(EchoNext, { text: 'from later' })
    await messaging.publish(HappenedNext, { n: 1 })
    await messaging.idle()
    await messaging.close()

    const db = new DatabaseSync(file)
    const letters = db
      .prepare('SELECT kind, service, name, code, payload FROM dead_letters ORDER BY kind DESC, seq')
      .all()
      .map(row => ({ ...row }))
    const left = db.prepare('SELECT count(*) AS tasks FROM tasks').get()
    db.close()
    const task = { kind: 'task', service: 'meeting', name: 'echo' }
    expect(letters).toEqual([
      { ...task, code: 'meeting-unknown', payload: '{"text":"poison"}' },
      { ...task, code: 'version-unsupported', payload: '{"text":"from later"}' },
      { kind: 'event', service: 'media', name: 'thing.happened', code: 'version-unsupported', payload: '{"n":1}' },
    ])
    expect(left?.tasks).toBe(0)
  })

  test('says so when its thread dies, and refuses who waits and who comes', async () => {
    const threads: Worker[] = []
    const post = vi.spyOn(Worker.prototype, 'postMessage').mockImplementation(function (this: Worker) {
      threads.push(this)
    })
    onTestFinished(() => post.mockRestore())
    const lost = Promise.withResolvers<unknown>()
    await using messaging = await createSqliteMessaging({ file: fileOf(), onLost: lost.resolve })
    const waiting = messaging.enqueue(Echo, { text: '' })
    const refused = expect(waiting).rejects.toMatchObject({ code: 'unavailable' })
    await vi.waitUntil(() => threads[0])
    await threads[0]?.terminate()
    expect(await lost.promise).toMatchObject({ code: 'unavailable', message: expect.stringContaining('thread') })
    await refused
    expect(messaging.isAvailable).toBe(false)
    await expect(messaging.publish(Happened, { n: 1 })).rejects.toMatchObject({ code: 'unavailable' })
  })

  test('unless somebody is told, the death of its thread ends the process', async () => {
    const script = new URL('./fixtures/losing-process.ts', import.meta.url)
    const child = spawn(process.execPath, [script.pathname, fileOf()], { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    for await (const chunk of child.stderr) said += chunk
    expect(child.exitCode ?? (await once(child, 'exit'))[0]).toBe(1)
    expect(said).toContain('the thread that writes them ended')
  })

  test('closing is no loss', async () => {
    const onLost = vi.fn()
    const messaging = await createSqliteMessaging({ file: fileOf(), onLost })
    await messaging.close()
    expect(onLost).not.toHaveBeenCalled()
  })

  test('keeps the progress of a task with it', async () => {
    const file = fileOf()
    const messaging = await createSqliteMessaging({ file })
    const started = Promise.withResolvers<void>()
    messaging.handle(Echo, async (_, { progress }) => {
      progress(0.25)
      progress(7)
      started.resolve()
      await new Promise(() => {})
    })
    await messaging.start()
    await messaging.enqueue(Echo, { text: '' })
    await started.promise
    await messaging.close({ deadlineMs: 0 })
    const db = new DatabaseSync(file)
    expect(db.prepare('SELECT progress, state FROM tasks').get()).toMatchObject({ progress: 1, state: 'ready' })
    db.close()
  })
})

/** Runs the busy process until it has said so many lines, then kills it. @returns its words, line by line */
async function runUntilKilled(file: string, lines: number): Promise<string[][]> {
  const script = new URL('./fixtures/busy-process.ts', import.meta.url)
  const child = spawn(process.execPath, [script.pathname, file], { stdio: ['ignore', 'pipe', 'inherit'] })
  const said: string[][] = []
  for await (const line of createInterface({ input: child.stdout })) {
    said.push(line.split(' '))
    if (said.length === lines) child.kill('SIGKILL')
  }
  return said
}

function byNumber(a: number, b: number): number {
  return a - b
}
