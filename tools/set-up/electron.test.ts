import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { treeHash } from './electron.mjs'

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
