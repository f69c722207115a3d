import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { clearStamp, contentHash, readStamp, writeStamp } from './stamp.mjs'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-stamp-'))
  mkdirSync(join(root, 'src/deep'), { recursive: true })
  writeFileSync(join(root, 'package.json'), '{}')
  writeFileSync(join(root, 'src/deep/a.ts'), 'a')
})
afterEach(() => rmSync(root, { recursive: true }))

const hash = (options = {}) => contentHash(root, ['package.json', 'src', 'not-there'], options)

test('the same files give the same hash, in whatever order they are named', () => {
  expect(hash()).toBe(contentHash(root, ['src', 'package.json']))
})

test('a changed, a new and a renamed file each change the hash', () => {
  const hashes = new Set([hash()])
  writeFileSync(join(root, 'src/deep/a.ts'), 'b')
  hashes.add(hash())
  writeFileSync(join(root, 'src/new.ts'), '')
  hashes.add(hash())
  renameSync(join(root, 'src/new.ts'), join(root, 'src/old.ts'))
  hashes.add(hash())
  expect(hashes.size).toBe(4)
})

test('what is skipped does not count, and what is extra does', () => {
  const before = hash({ skip: (path: string) => path.endsWith('.test.ts') })
  writeFileSync(join(root, 'src/a.test.ts'), 'test')
  expect(hash({ skip: (path: string) => path.endsWith('.test.ts') })).toBe(before)
  expect(hash({ extra: 'linux-x64' })).not.toBe(hash({ extra: 'linux-arm64' }))
})

test('a stamp is read as it was written, and is null before and after', () => {
  const file = join(root, 'out/.stamp')
  expect(readStamp(file)).toBeNull()
  writeStamp(file, 'abc')
  expect(readStamp(file)).toBe('abc')
  clearStamp(file)
  expect(readStamp(file)).toBeNull()
})
