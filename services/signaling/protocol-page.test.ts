import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { ErrorCode } from '#contracts/errors.ts'
import { MAX_FRAME_BYTES, MAX_SOCKET_BYTES, PING_INTERVAL_MS, RESUME_WINDOW_MS } from '#contracts/signaling/envelope.ts'
import { signalingNotifications } from '#contracts/signaling/notifications.ts'
import { signalingRequests } from '#contracts/signaling/requests.ts'
import { CloseCode } from './close-code.ts'
import { SignalingConfig } from './signaling-config.ts'
import { SIGNALING_PATH } from './socket-listener.ts'

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

test('docs/signaling.md has the close codes, the path and the limits as they are', () => {
  for (const code of Object.values(CloseCode)) expect(page).toContain(`| ${code} |`)
  expect(quoted).toContain(SIGNALING_PATH)
  const { socketRate, addressRate, firstFrameTimeoutMs, lobbyTimeoutMs } = SignalingConfig.parse({})
  const facts = [
    `at most ${MAX_FRAME_BYTES / 1024} KiB`,
    `beyond ${MAX_SOCKET_BYTES / 1024 / 1024} MiB`,
    `pings every ${PING_INTERVAL_MS / 1_000} s`,
    `kept for ${RESUME_WINDOW_MS / 1_000} s`,
    `within ${firstFrameTimeoutMs / 1_000} s of opening`,
    `for ${lobbyTimeoutMs / 60_000} min without`,
    `${socketRate.perSecond} frames/s, ${socketRate.burst} at once`,
    `${addressRate.perSecond}/s, ${addressRate.burst} at once`,
  ]
  for (const fact of facts) expect(page).toContain(fact)
})
