import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { StreamStarted, StreamStopped } from '#contracts/events/media.ts'
import { MeetingCreated, MeetingEnded, MeetingStarted } from '#contracts/events/meeting.ts'
import { MeetingCode, MeetingId, PeerId, ProducerId, UserId } from '#contracts/ids.ts'
import { createLog } from '../shared/log/log.ts'
import { createSqliteMessaging } from '../shared/messaging/drivers/sqlite/sqlite-messaging.ts'
import { AiService } from './ai-service.ts'

const meetingId = MeetingId.parse('m1')
const streamOf = (source: 'mic' | 'cam') => ({
  meetingId,
  peerId: PeerId.parse('ada'),
  producerId: ProducerId.parse(`ada-${source}`),
  source,
  kind: source === 'mic' ? ('audio' as const) : ('video' as const),
  atMs: 2_000,
})

test('the ai service knows whose microphones there are in which meeting, from what the others publish', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-ai-'))
  const messaging = await createSqliteMessaging({ file: join(folder, 'messaging.sqlite') })
  try {
    const { live } = await AiService.create({ messaging, log: createLog({ level: 'silent' }) })
    await messaging.start()
    const created = { code: MeetingCode.parse('abc-defg-hij'), title: 'Team', createdBy: UserId.parse('u') }
    await messaging.publish(MeetingCreated, { meetingId, atMs: 1, ...created })
    await messaging.idle()
    expect(live.meetings()).toEqual([meetingId])
    await messaging.publish(MeetingStarted, { meetingId, atMs: 1_000 })
    await messaging.publish(StreamStarted, { ...streamOf('mic'), paused: false })
    await messaging.publish(StreamStarted, { ...streamOf('cam'), paused: false })
    await messaging.idle()
    expect(live.meetings()).toEqual([meetingId])
    expect(live.micsOf(meetingId)).toEqual([{ producerId: 'ada-mic', peerId: 'ada', startedAtMs: 2_000 }])
    await messaging.publish(StreamStopped, streamOf('mic'))
    await messaging.idle()
    expect(live.micsOf(meetingId)).toEqual([])
    await messaging.publish(MeetingEnded, { meetingId, reason: 'host-ended', atMs: 3_000 })
    await messaging.idle()
    expect(live.meetings()).toEqual([])
  } finally {
    await messaging.close()
    await rm(folder, { recursive: true, force: true })
  }
})
