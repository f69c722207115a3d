import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ErrorCode } from '#contracts/errors.ts'
import { MAX_FRAME_BYTES, MAX_SOCKET_BYTES, PING_INTERVAL_MS, RESUME_WINDOW_MS } from '#contracts/signaling/envelope.ts'
import { signalingNotifications } from '#contracts/signaling/notifications.ts'
import { signalingRequests } from '#contracts/signaling/requests.ts'
import { CloseCode } from './close-code.ts'
import { SignalingConfig } from './signaling-config.ts'
import { SIGNALING_PATH } from './socket-listener.ts'

/** A client never sees these: its socket is gone, or they are between the services alone. */
const INTERNAL = ['connection-lost', 'payload-invalid', 'version-unsupported']

const page = await readFile(new URL('../../docs/signaling.md', import.meta.url), 'utf8')
const quoted = new Set([...page.matchAll(/`([^`\n]+)`/g)].map(match => match[1]))

test.each([...Object.keys(signalingRequests), ...Object.keys(signalingNotifications)])(
  'docs/signaling.md explains %s',
  method => expect(quoted).toContain(method),
)

test('docs/signaling.md names no error code that does not exist', () => {
  const table = page.slice(page.indexOf('## Error codes'))
  const codes = [...table.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(match => match[1])
  expect(codes.length).toBeGreaterThan(15)
  for (const code of codes) expect(ErrorCode.options).toContain(code)
})

test('docs/signaling.md explains every error code that its services may send', async () => {
  const table = page.slice(page.indexOf('## Error codes'))
  const listed = new Set([...table.matchAll(/`([a-z]+(?:-[a-z]+)*)`/g)].map(match => match[1]))
  const sent = new Set<string>()
  for (const folder of ['signaling', 'meeting', 'media', 'shared/tokens', 'shared/messaging']) {
    const root = new URL(`../${folder}/`, import.meta.url)
    for (const file of await readdir(root, { recursive: true })) {
      if (!file.endsWith('.ts') || file.endsWith('.test.ts') || /(fixtures|conformance)\//.test(file)) continue
      const source = await readFile(new URL(file, root), 'utf8')
      for (const [, code] of source.matchAll(/'([a-z]+(?:-[a-z]+)+|timeout|unavailable|internal|forbidden)'/g)) {
        if (code && ErrorCode.options.some(option => option === code)) sent.add(code)
      }
    }
  }
  expect([...sent].filter(code => !listed.has(code)).sort()).toEqual(INTERNAL)
})

test('docs/signaling.md has the close codes, the path and the limits as they are', () => {
  for (const code of Object.values(CloseCode)) expect(page).toContain(`| ${code} |`)
  expect(quoted).toContain(SIGNALING_PATH)
  const { socketRate, addressRate, durableRate, firstFrameTimeoutMs, lobbyTimeoutMs } = SignalingConfig.parse({})
  const facts = [
    `at most ${MAX_FRAME_BYTES / 1024} KiB`,
    `beyond ${MAX_SOCKET_BYTES / 1024 / 1024} MiB`,
    `pings every ${PING_INTERVAL_MS / 1_000} s`,
    `kept for ${RESUME_WINDOW_MS / 1_000} s`,
    `within ${firstFrameTimeoutMs / 1_000} s of opening`,
    `for ${lobbyTimeoutMs / 60_000} min without`,
    `${socketRate.perSecond} frames/s, ${socketRate.burst} at once`,
    `${addressRate.perSecond}/s, ${addressRate.burst} at once`,
    `${durableRate.perSecond}/s, ${durableRate.burst} at once`,
  ]
  for (const fact of facts) expect(page).toContain(fact)
})
