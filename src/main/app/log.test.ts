import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLog } from './log.ts'
import { openLogFile } from './log-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-log-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

test('a line says when, how bad, what, and its fields; an error brings its causes', () => {
  const lines: string[] = []
  const log = createLog(
    line => lines.push(line),
    'info',
    () => new Date(0),
  )
  log.debug('not written')
  log.info('host status', { phase: 'running' })
  log.error('failed', { error: new Error('outer', { cause: new Error('inner') }) })
  expect(lines).toHaveLength(2)
  expect(JSON.parse(lines[0] ?? '')).toEqual({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    message: 'host status',
    phase: 'running',
  })
  expect(lines[1]).toMatch(/outer.*because.*inner/s)
})

test('a log goes on where it ended, and is for its owner alone', () => {
  const path = join(dir, 'logs', 'main.log')
  openLogFile(path).write('one\n')
  openLogFile(path).write(Buffer.from('two\n'))
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a log that has outgrown its size starts anew, and the last one is kept', () => {
  const path = join(dir, 'main.log')
  for (const text of ['first', 'second', 'third']) openLogFile(path, 3).write(text)
  expect(readFileSync(path, 'utf8')).toBe('third')
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('second')
})
