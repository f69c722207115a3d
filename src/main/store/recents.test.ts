import { expect, test } from 'vitest'
import { MeetingCode } from '#contracts/ids.ts'
import { RecentMeeting } from '#contracts/ipc/recents.ts'
import { addRecent, removeRecent } from './recents.ts'

const letter = (i: number) => String.fromCharCode(97 + i)
const meeting = (i: number, over: Partial<RecentMeeting> = {}) =>
  RecentMeeting.parse({
    invite: { code: `abc-defg-hi${letter(i)}`, server: { addresses: [{ host: '10.0.0.1', port: 7443 }] } },
    title: `Meeting ${i}`,
    lastJoinedAtMs: i,
    hostedHere: false,
    ...over,
  })

test('the newest twenty are kept, newest first', () => {
  const recents = Array.from({ length: 25 }, (_, i) => meeting(i)).reduce<RecentMeeting[]>(addRecent, [])
  expect(recents.map(({ lastJoinedAtMs }) => lastJoinedAtMs)).toEqual(Array.from({ length: 20 }, (_, i) => 24 - i))
})

test('joining a meeting again moves it to the front instead of listing it twice', () => {
  const recents = addRecent([meeting(2), meeting(1)], meeting(1, { lastJoinedAtMs: 9, title: 'Renamed' }))
  expect(recents.map(({ title }) => title)).toEqual(['Renamed', 'Meeting 2'])
})

test('a removed meeting is gone', () => {
  const recents = [meeting(1), meeting(3)]
  const code = MeetingCode.parse('abc-defg-hib')
  expect(removeRecent(recents, code)).toEqual([meeting(3)])
})
