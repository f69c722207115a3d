import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { messagingSuite } from '../../conformance.ts'
import { createSqliteMessaging } from './sqlite-messaging.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parley-messaging-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

messagingSuite('SQLite', ({ store = randomUUID(), backoff = { baseMs: 1, capMs: 4 }, ...options } = {}) =>
  createSqliteMessaging({ file: join(folder, `${store}.sqlite`), backoff, ...options }),
)
