import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { z } from 'zod'
import { createLog } from '../app/log.ts'
import { JsonFile } from './json-file.ts'

const Counter = z.object({ count: z.number().int() })
let dir: string
let lines: string[]
const openCounter = (path = join(dir, 'counter.json')) =>
  JsonFile.open(
    path,
    Counter,
    { count: 0 },
    createLog(line => lines.push(line)),
  )

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-store-'))
  lines = []
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('what was updated is read again after a restart', async () => {
  const counter = await openCounter()
  expect(counter.read()).toEqual({ count: 0 })
  await counter.update(() => ({ count: 7 }))
  expect((await openCounter()).read()).toEqual({ count: 7 })
})

test('updates at the same time all count', async () => {
  const counter = await openCounter()
  await Promise.all(Array.from({ length: 20 }, () => counter.update(({ count }) => ({ count: count + 1 }))))
  expect((await openCounter()).read()).toEqual({ count: 20 })
})

test('when it is settled, what was asked for before is on disk', async () => {
  const counter = await openCounter()
  void counter.update(() => ({ count: 5 }))
  await counter.settled()
  expect((await openCounter()).read()).toEqual({ count: 5 })
})

test('only the owner may read the file, and nothing is left beside it', async () => {
  await (await openCounter()).update(() => ({ count: 1 }))
  expect(statSync(join(dir, 'counter.json')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dir)).toEqual(['counter.json'])
})

test.each(['{"count": "many"}', '{"cou', ''])('a file that holds %j is set aside and the fallback used', async text => {
  writeFileSync(join(dir, 'counter.json'), text)
  const counter = await openCounter()
  expect(counter.read()).toEqual({ count: 0 })
  expect(readFileSync(join(dir, 'counter.json.broken'), 'utf8')).toBe(text)
  expect(lines).toHaveLength(1)
  await counter.update(() => ({ count: 2 }))
  expect((await openCounter()).read()).toEqual({ count: 2 })
})

test('what cannot be saved is storage-failed, changes nothing, and later updates work', async () => {
  writeFileSync(join(dir, 'in-the-way'), '')
  const counter = await openCounter(join(dir, 'in-the-way', 'counter.json')).catch(() => null)
  // ENOTDIR while reading counts as unreadable, not as a crash
  expect(counter?.read()).toEqual({ count: 0 })
  await expect(counter?.update(() => ({ count: 1 }))).rejects.toMatchObject({ code: 'storage-failed' })
  expect(counter?.read()).toEqual({ count: 0 })
  rmSync(join(dir, 'in-the-way'))
  await expect(counter?.update(() => ({ count: 3 }))).resolves.toEqual({ count: 3 })
})
