import { expect, test } from 'vitest'
import { MeetingCode } from '#contracts/ids.ts'
import { RecentMeeting } from '#contracts/ipc/recents.ts'
import { HostedCodes } from './hosted-codes.ts'

const code = MeetingCode.parse('abc-defg-hij')
const recent = (hostedHere: boolean) =>
  RecentMeeting.parse({
    invite: { code, server: { addresses: [{ host: '10.0.0.1', port: 7443 }] } },
    ...{ title: 'Weekly', lastJoinedAtMs: 1, hostedHere },
  })

test('meetings hosted in an earlier run are known from the recents, those of others are not hosted', () => {
  expect(new HostedCodes(() => [recent(true)]).list()).toEqual([code])
  expect(new HostedCodes(() => [recent(false)]).has(code)).toBe(false)
})

test('a meeting of this run is hosted before it is in the recents and after it was removed from them, and listed once', () => {
  let recents: RecentMeeting[] = []
  const hosted = new HostedCodes(() => recents)
  hosted.add(code)
  expect(hosted.has(code)).toBe(true)
  recents = [recent(true)]
  expect(hosted.list()).toEqual([code])
  recents = []
  expect(hosted.has(code)).toBe(true)
})
