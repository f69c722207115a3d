import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { asNamedHere, installCommand, missingFromDpkg, missingPackages, onPath } from './system-packages.mjs'

const desktop = {
  hasCommand: (_: string) => true,
  missingLibraryPackages: [],
  hasDisplay: true,
  hasChineseFont: true,
}
const bareServer = {
  hasCommand: (_: string) => false,
  missingLibraryPackages: ['libgtk-3-0', 'libnss3'],
  hasDisplay: false,
  hasChineseFont: false,
}
const everything = { window: true, speech: true }

test('a desktop that has everything needs nothing', () => {
  expect(missingPackages(desktop, everything)).toEqual([])
})

test('a bare server needs libraries, a virtual display with fonts, and voices', () => {
  expect(missingPackages(bareServer, everything)).toEqual([
    ...['libgtk-3-0', 'libnss3', 'xvfb', 'fonts-noto-cjk', 'ffmpeg', 'espeak-ng'],
  ])
})

test('without a window neither libraries nor a display are wanted', () => {
  expect(missingPackages(bareServer, { window: false, speech: false })).toEqual([])
})

test('a machine with a display keeps its own fonts', () => {
  const machine = { ...bareServer, hasDisplay: true }
  expect(missingPackages(machine, { window: true, speech: false })).toEqual(['libgtk-3-0', 'libnss3'])
})

test('packages that a newer Ubuntu renamed are asked for by their new names', () => {
  const known = new Set(['libasound2t64', 'libgtk-3-0t64', 'xvfb'])
  expect(asNamedHere(['libasound2', 'libgtk-3-0', 'xvfb'], known)).toEqual(['libasound2t64', 'libgtk-3-0t64', 'xvfb'])
  expect(asNamedHere(['libasound2'], new Set(['libasound2']))).toEqual(['libasound2'])
})

test('a package that dpkg half installed or only remembers counts as missing', () => {
  const listing =
    'g++ installed\ncmake config-files\nninja-build half-installed\ndpkg-query: no packages found: flatc\n'
  expect(missingFromDpkg(['g++', 'cmake', 'ninja-build', 'flatc'], listing)).toEqual(['cmake', 'ninja-build', 'flatc'])
})

test('the command to type names the packages exactly', () => {
  expect(installCommand(['xvfb', 'ffmpeg'])).toBe(
    'sudo apt-get update && sudo apt-get install -y --no-install-recommends xvfb ffmpeg',
  )
})

test('commands are found on the given path', () => {
  const directory = mkdtempSync(join(tmpdir(), 'parley-path-'))
  writeFileSync(join(directory, 'parley-tool'), '')
  expect(onPath('parley-tool', `/nowhere::${directory}`)).toBe(true)
  expect(onPath('parley-tool', '/nowhere')).toBe(false)
  rmSync(directory, { recursive: true })
})
