import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MeetingCode, MeetingId, UserId } from '#contracts/ids.ts'
import { openSqliteRecords } from './records.ts'
import { recordsSuite } from './records-suite.ts'

let folder: string
let opened = 0
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-records-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const freshPath = () => join(folder, `${++opened}.sqlite`)

recordsSuite('SQLite', () => openSqliteRecords(freshPath()))

test('records are there again after a restart, and the migrations do not run twice', async () => {
  const path = freshPath()
  const meetingId = MeetingId.parse('m1')
  const code = MeetingCode.parse('abc-defg-hij')
  const first = await openSqliteRecords(path)
  await first.meetings.insert({ meetingId, code, title: 'Team', createdBy: UserId.parse('u'), createdAtMs: 1 })
  await first.close()
  await first.close()
  await using second = await openSqliteRecords(path)
  expect((await second.meetings.findByCode(code))?.meetingId).toBe(meetingId)
})

test('what was stored survives the kill of the process that stored it', async () => {
  const path = freshPath()
  const writer = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/endless-writer.ts'), path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = 0
  for await (const chunk of writer.stdout) {
    acknowledged += String(chunk).split('\n').length - 1
    if (acknowledged >= 20) break
  }
  writer.kill('SIGKILL')
  await once(writer, 'exit')
  await using records = await openSqliteRecords(path)
  const present = await records.participants.listAllPresent()
  expect(present.length).toBeGreaterThanOrEqual(acknowledged)
  expect(present.map(({ joinedAtMs }) => joinedAtMs)).toEqual(present.map((_, index) => index))
})

test('nobody but the owner can read what is stored', async () => {
  const path = freshPath()
  await using _ = await openSqliteRecords(path)
  for (const file of [path, `${path}-wal`, `${path}-shm`]) expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a file that is no database is refused with a sentence', async () => {
  const path = freshPath()
  await writeFile(path, 'these are not records '.repeat(100))
  await expect(openSqliteRecords(path)).rejects.toThrow(expect.objectContaining({ code: 'storage-failed' }))
})
