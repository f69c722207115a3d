import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CertificatePin } from '#contracts/invite.ts'
import { takeDataDir } from './data-dir.ts'
import { preparePrivateDatabase } from './private-database.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'
import { forgetRunningServer, readRunningServer, writeRunningServer } from './running-server.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-data-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const busy = expect.objectContaining({ code: 'unavailable' })

test('a data folder belongs to one server at a time', async () => {
  const path = join(folder, 'nested/data')
  const first = await takeDataDir(path)
  expect((await stat(path)).mode & 0o777).toBe(0o700)
  await expect(takeDataDir(path, { waitMs: 0 })).rejects.toThrow(busy)
  first.release()
  first.release()
  const second = await takeDataDir(path, { waitMs: 0 })
  second.release()
})

test('a folder that was open to others is closed to them, with what is in it', async () => {
  await writeFile(join(folder, 'lock.sqlite'), '', { mode: 0o644 })
  await chmod(folder, 0o755)
  const taken = await takeDataDir(folder)
  const database = join(folder, 'records.sqlite')
  await writeFile(`${database}-wal`, '', { mode: 0o644 })
  preparePrivateDatabase(database)
  taken.release()
  const modeOf = async (path: string) => (await stat(path)).mode & 0o777
  expect(await modeOf(folder)).toBe(0o700)
  for (const path of [join(folder, 'lock.sqlite'), database, `${database}-wal`]) expect(await modeOf(path)).toBe(0o600)
})

test('a folder that accounts share is refused, and left as it is', async () => {
  await chmod(folder, 0o1777)
  await expect(takeDataDir(folder)).rejects.toThrow(/is open to other accounts. Choose one of your own/)
  expect((await stat(folder)).mode & 0o7777).toBe(0o1777)
})

test('a server that was killed holds its folder no longer', async () => {
  const holder = spawn(process.execPath, [join(import.meta.dirname, 'fixtures/folder-holder.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  await expect(takeDataDir(folder, { waitMs: 0 })).rejects.toThrow(busy)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  const after = await takeDataDir(folder, { waitMs: 0 })
  after.release()
})

test('a folder that can not be made is named', async () => {
  await writeFile(join(folder, 'file'), '')
  await expect(takeDataDir(join(folder, 'file/data'))).rejects.toThrow(/file\/data can not be written/)
})

test('a private file is replaced as a whole, and its rights are tightened again when it is read', async () => {
  const path = join(folder, 'secret')
  await writePrivateFile(path, 'old')
  await writePrivateFile(path, 'new')
  await chmod(path, 0o644)
  expect(await readPrivateFile(path)).toBe('new')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
})

test('a running server is found through its folder until it stops', async () => {
  const server = { addresses: [{ host: '10.0.0.7', port: 7_443 }], pin: CertificatePin.parse('A'.repeat(43)) }
  expect(await readRunningServer(folder)).toBeNull()
  await writeRunningServer(folder, { host: '127.0.0.1', port: 7_443, server })
  expect(await readRunningServer(folder)).toEqual({ host: '127.0.0.1', port: 7_443, server })
  await forgetRunningServer(folder)
  expect(await readRunningServer(folder)).toBeNull()
})
