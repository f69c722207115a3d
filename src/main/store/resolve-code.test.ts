import { expect, test } from 'vitest'
import { MeetingCode } from '#contracts/ids.ts'
import { ServerTarget } from '#contracts/invite.ts'
import { RecentMeeting } from '#contracts/ipc/recents.ts'
import { resolveCode } from './resolve-code.ts'

const code = MeetingCode.parse('abc-defg-hij')
const at = (host: string) => ServerTarget.parse({ addresses: [{ host, port: 7443 }] })
const recent = (hostedHere: boolean) =>
  RecentMeeting.parse({ invite: { code, server: at('10.0.0.1') }, title: 'Weekly', lastJoinedAtMs: 1, hostedHere })

const resolve = (recents: RecentMeeting[], found: ServerTarget | null = null) =>
  resolveCode(code, { recents: () => recents, startHost: async () => at('127.0.0.1'), discover: async () => found })

test('a meeting hosted here leads to where the services listen now', async () => {
  expect(await resolve([recent(true)], at('10.9.9.9'))).toEqual({ code, server: at('127.0.0.1') })
})

test('a recent meeting leads where it was', async () => {
  expect(await resolve([recent(false)], at('10.9.9.9'))).toEqual({ code, server: at('10.0.0.1') })
})

test('any other code leads to the host on this network that knows it', async () => {
  expect(await resolve([], at('10.9.9.9'))).toEqual({ code, server: at('10.9.9.9') })
})

test('a code that nobody knows is meeting-unknown, with a way forward', async () => {
  await expect(resolve([])).rejects.toMatchObject({ code: 'meeting-unknown', message: expect.stringContaining('link') })
})
