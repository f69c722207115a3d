import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createResponder } from './respond.ts'

let dir: string
let respond: (request: Request) => Promise<Response>
const get = (url: string, init?: RequestInit) => respond(new Request(url, init))

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'parley-protocol-'))
  const root = join(dir, 'renderer')
  mkdirSync(join(root, 'assets'), { recursive: true })
  mkdirSync(join(dir, 'renderer-of-another'))
  writeFileSync(join(root, 'index.html'), '<title>Parley</title>')
  writeFileSync(join(root, 'assets/index.js'), 'export {}')
  writeFileSync(join(root, 'assets/a b.css'), 'body {}')
  writeFileSync(join(root, 'assets/secret.key'), 'secret')
  writeFileSync(join(dir, 'secret.json'), '{}')
  writeFileSync(join(dir, 'renderer-of-another/secret.json'), '{}')
  symlinkSync(join(dir, 'secret.json'), join(root, 'link.json'))
  respond = createResponder(root)
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

test.each([
  ['app://parley/', 'text/html; charset=utf-8', '<title>Parley</title>'],
  ['app://parley/index.html?theme=dark#top', 'text/html; charset=utf-8', '<title>Parley</title>'],
  ['app://parley/assets/index.js', 'text/javascript; charset=utf-8', 'export {}'],
  ['app://parley/assets/a%20b.css', 'text/css; charset=utf-8', 'body {}'],
])('%s is served as %s', async (url, type, text) => {
  const response = await get(url)
  expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([200, type, text])
})

test.each([
  'app://parley/missing.js',
  'app://parley/assets',
  'app://parley/assets/',
  'app://parley/assets/secret.key',
  'app://parley/../secret.json',
  'app://parley/%2e%2e/secret.json',
  'app://parley/..%2fsecret.json',
  'app://parley/assets/..%2f..%2fsecret.json',
  'app://parley/..%5csecret.json',
  'app://parley/../renderer-of-another/secret.json',
  'app://parley/..%2frenderer-of-another%2fsecret.json',
  'app://parley//etc/passwd.json',
  'app://parley/link.json',
  'app://parley/index.html%00.js',
  'app://parley/%E0%A4%A.js',
  'app://elsewhere/index.html',
  'file:///etc/passwd',
])('%s is not found', async url => {
  const response = await get(url)
  expect([response.status, await response.text()]).toEqual([404, ''])
})

test('only GET is answered', async () => {
  expect((await get('app://parley/', { method: 'POST', body: 'x' })).status).toBe(405)
})

test('every answer carries the strict policy, also one that refuses', async () => {
  for (const url of ['app://parley/', 'app://parley/missing.js']) {
    const { headers } = await get(url)
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self';")
    expect(policy).not.toContain('unsafe')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
})
