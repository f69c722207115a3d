import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { applicationsFolder, linkEntry, registerLinkEntry } from './link-entry.ts'
import { createLog } from './log.ts'

let home: string
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'parley-links-'))
  // the desktop's tools, if this machine has any, write where the test looks
  vi.stubEnv('XDG_DATA_HOME', home)
  vi.stubEnv('XDG_CONFIG_HOME', home)
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(home, { recursive: true, force: true })
})

test('the entry names the scheme and how this copy is started', async () => {
  const folder = applicationsFolder(process.env)
  expect(folder).toBe(join(home, 'applications'))
  const log = createLog(() => {})
  await registerLinkEntry(['/opt/electron', '--no-sandbox', '/home/ada/parley'], folder, log)
  const entry = readFileSync(join(folder, 'parley-checkout.desktop'), 'utf8').split('\n')
  expect(entry).toContain('Exec="/opt/electron" "--no-sandbox" "/home/ada/parley" %u')
  expect(entry).toContain('MimeType=x-scheme-handler/parley;')
})

test('no character of a path means anything to whoever reads the entry', () => {
  expect(linkEntry(['/a b/50%/$x"\\'])).toContain('Exec="/a b/50%%/\\\\$x\\\\"\\\\\\\\" %u\n')
})

test('a data home that is not absolute does not count', () => {
  expect(applicationsFolder({ XDG_DATA_HOME: 'here' })).toBe(join(homedir(), '.local/share/applications'))
})
