import { beforeEach, expect, test } from 'vitest'
import { MeetingCode } from '#contracts/ids.ts'
import { ServerTarget } from '#contracts/invite.ts'
import { RecentMeeting } from '#contracts/ipc/recents.ts'
import { resolveCode } from './resolve-code.ts'

const code = MeetingCode.parse('abc-defg-hij')
const at = (host: string) => ServerTarget.parse({ addresses: [{ host, port: 7443 }] })
const recent = (hostedHere: boolean) =>
  RecentMeeting.parse({ invite: { code, server: at('10.0.0.1') }, title: 'Weekly', lastJoinedAtMs: 1, hostedHere })

const resolve = (recents: RecentMeeting[], found: ServerTarget | null = null) =>
  resolveCode(code, {
    recents: () => recents,
    isHostedHere: asked => recents.some(({ hostedHere, invite }) => hostedHere && invite.code === asked),
    startHost: async () => at('127.0.0.1'),
    discover: async (_, options) => {
      waits.push(options?.timeoutMs)
      return found
    },
  })

let waits: (number | undefined)[]
beforeEach(() => {
  waits = []
})

test('a meeting hosted here leads to where the services listen now', async () => {
  expect(await resolve([recent(true)], at('10.9.9.9'))).toEqual({ code, server: at('127.0.0.1') })
})

test('a recent meeting leads to where its host answers now', async () => {
  expect(await resolve([recent(false)], at('10.9.9.9'))).toEqual({ code, server: at('10.9.9.9') })
})

test('a recent meeting whose host does not answer leads where it was, after a second at the most', async () => {
  expect(await resolve([recent(false)])).toEqual({ code, server: at('10.0.0.1') })
  expect(waits).toEqual([1_000])
})

test('any other code leads to the host on this network that knows it', async () => {
  expect(await resolve([], at('10.9.9.9'))).toEqual({ code, server: at('10.9.9.9') })
  expect(waits).toEqual([undefined])
})

test('a code that nobody knows is meeting-unknown, with a way forward', async () => {
  await expect(resolve([])).rejects.toMatchObject({ code: 'meeting-unknown', message: expect.stringContaining('link') })
})
