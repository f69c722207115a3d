import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { failedDownload, treeHash, wasOutOfReach } from './electron.mjs'

test('the hash of a folder changes with any content and any name in it', () => {
  const folder = (files: Record<string, string>) => {
    const root = mkdtempSync(join(tmpdir(), 'parley-tree-'))
    mkdirSync(join(root, 'locales'))
    for (const [name, content] of Object.entries(files)) writeFileSync(join(root, name), content)
    const hash = treeHash(root)
    rmSync(root, { recursive: true })
    return hash
  }
  const adopted = folder({ electron: 'machine code', 'locales/en.pak': 'words' })
  expect(folder({ electron: 'machine code', 'locales/en.pak': 'words' })).toBe(adopted)
  expect(folder({ electron: 'machine c0de', 'locales/en.pak': 'words' })).not.toBe(adopted)
  expect(folder({ electron: 'machine code', 'locales/de.pak': 'words' })).not.toBe(adopted)
})

test.each([
  ['RequestError: getaddrinfo ENOTFOUND release-assets.example', true],
  ['RequestError: connect ETIMEDOUT 192.0.2.1:443', true],
  ['ChecksumMismatchError: Generated checksum for "electron.zip" did not match', false],
  ['RequestError: read ECONNRESET\nRetrying…\nChecksumMismatchError: Generated checksum did not match', false],
  ['HTTPError: Response code 404 (Not Found)', false],
  ['Error: ENOSPC: no space left on device', false],
  ['', false],
])('of failed downloads only those out of reach let another copy serve: %s', (output, outOfReach) => {
  expect(wasOutOfReach(output)).toBe(outOfReach)
})

test('a failed download is shown with its last words and a way on', () => {
  const output = [...Array.from({ length: 40 }, (_, i) => `line ${i}`), 'ChecksumMismatchError: wrong'].join('\n')
  const sentence = failedDownload('42.0.0', output)
  expect(sentence).toContain('ChecksumMismatchError: wrong')
  expect(sentence).not.toContain('line 3\n')
  expect(sentence).toContain('try again')
})
