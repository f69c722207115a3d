import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Echo } from '../../conformance/contracts.ts'
import { sealEnvelope } from '../../envelope.ts'
import { toPlacement } from '../../placement.ts'
import { GroupCommit } from './group-commit.ts'
import type { FromWriter, Op } from './protocol.ts'
import { openDatabase } from './schema.ts'
import { Store } from './store.ts'

let folder: string
let store: Store
let commits: GroupCommit
let posted: FromWriter[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'performance'] })
  folder = mkdtempSync(join(tmpdir(), 'parley-commits-'))
  const file = join(folder, 'messaging.sqlite')
  const options = { file, nowMs: 0, maxDepth: 1_000, keyRetentionMs: 1_000, eventRetentionMs: 1_000 }
  store = new Store(openDatabase(file), options)
  posted = []
  commits = new GroupCommit(store, 0, message => posted.push(message))
})
afterEach(() => {
  commits.close()
  vi.useRealTimers()
  rmSync(folder, { recursive: true, force: true })
})

const enqueue = (ask: number): Op => {
  const { envelope, payload } = sealEnvelope(Echo, { text: '' }, { nowMs: 0, trace: '' })
  return { op: 'enqueue', ask, tasks: [{ ...envelope, service: 'meeting', ...toPlacement(Echo, payload, {}, 0) }] }
}
const acknowledged = () =>
  posted.flatMap(message => (message.type === 'report' ? message.replies.map(({ ask, ok }) => ({ ask, ok })) : []))

test('a checkpoint that fails is tried again, and work is accepted as before', () => {
  const full = () => {
    throw new Error('database or disk is full')
  }
  const checkpoint = vi.spyOn(store, 'checkpoint').mockImplementationOnce(full).mockImplementationOnce(full)
  commits.add([enqueue(1)], 0)
  vi.advanceTimersByTime(5_000)
  expect(checkpoint).toHaveBeenCalledTimes(3)
  commits.add([enqueue(2)], 0)
  vi.advanceTimersByTime(1)
  expect(acknowledged()).toEqual([
    { ask: 1, ok: true },
    { ask: 2, ok: true },
  ])
})

test('a server that is never quiet trims all the same: a piece after each write while there is more, then a minute later', () => {
  const prune = vi.spyOn(store, 'prune').mockReturnValueOnce(true)
  const checkpoint = vi.spyOn(store, 'checkpoint')
  const beBusy = (forMs: number) => {
    for (let ms = 0; ms < forMs; ms += 100) {
      commits.add([enqueue(ms)], ms)
      vi.advanceTimersByTime(100)
    }
  }
  beBusy(59_000)
  expect(prune).not.toHaveBeenCalled()
  beBusy(2_000)
  expect(prune).toHaveBeenCalledTimes(2)
  beBusy(60_000)
  expect(prune).toHaveBeenCalledTimes(3)
  expect(checkpoint).not.toHaveBeenCalled()
})
