import { expect, test, vi } from 'vitest'
import { StreamStartedLocally, StreamStoppedLocally } from '#contracts/events/media.ts'
import { ActiveSpeaker, SpeakerLevels, StreamPaused } from '#contracts/hints/media.ts'
import { PeerId, ProducerId } from '#contracts/ids.ts'
import type { StreamView } from '#contracts/meeting.ts'
import { createLog } from '../shared/log/log.ts'
import { createLocalEvents } from '../shared/messaging/local-events.ts'
import { Announcer } from './announcer.ts'
import { MediaRig } from './fixtures/media-rig.ts'

vi.setConfig({ testTimeout: 30_000 })

const peerId = PeerId.parse('ada')
const stream: StreamView = {
  producerId: ProducerId.parse('p'),
  peerId,
  source: 'cam',
  kind: 'video',
  paused: false,
}

async function open() {
  const rig = await MediaRig.open()
  const local = createLocalEvents()
  const log = createLog({ level: 'silent', service: 'media' })
  return { rig, local, announcer: new Announcer({ messaging: rig.messaging, local, log }) }
}

test('streams are announced durably and in order, and at once inside the process', async () => {
  const { rig, local, announcer } = await open()
  await using _ = rig
  const locally: string[] = []
  local.on(StreamStartedLocally, ({ source }) => locally.push(`started ${source}`))
  local.on(StreamStoppedLocally, ({ source }) => locally.push(`stopped ${source}`))
  const news = announcer.of(rig.meetingId)
  news.streamStarted(stream)
  news.streamStopped(stream)
  expect(locally).toEqual(['started cam', 'stopped cam'])
  await announcer.settled()
  await rig.messaging.idle()
  expect(rig.streams.all.map(({ event, source }) => `${event} ${source}`)).toEqual(['started cam', 'stopped cam'])
})

test('that a stream paused is not heard before the stream itself', async () => {
  const { rig, announcer } = await open()
  await using _ = rig
  const startedBefore: number[] = []
  rig.messaging.onHint(StreamPaused, () => startedBefore.push(rig.streams.all.length))
  const news = announcer.of(rig.meetingId)
  news.streamStarted(stream)
  news.streamPaused({ ...stream, paused: true })
  await announcer.settled()
  expect(startedBefore).toEqual([1])
})

test('a peer’s connection changes become tasks, in order', async () => {
  const { rig, announcer } = await open()
  await using _ = rig
  const news = announcer.of(rig.meetingId)
  for (const change of ['connected', 'disconnected', 'connected'] as const) news.connectionChanged(peerId, change)
  await announcer.settled()
  await rig.messaging.idle()
  expect(rig.changes.all.map(({ change }) => change)).toEqual(['connected', 'disconnected', 'connected'])
})

test('who speaks is only hinted', async () => {
  const { rig, announcer } = await open()
  await using _ = rig
  const hinted: unknown[] = []
  rig.messaging.onHint(SpeakerLevels, ({ levels }) => hinted.push(levels))
  rig.messaging.onHint(ActiveSpeaker, ({ peerId }) => hinted.push(peerId))
  const news = announcer.of(rig.meetingId)
  news.speakerLevels([{ peerId, volumeDbov: -20 }])
  news.activeSpeaker(peerId)
  news.speakerLevels([])
  expect(hinted).toEqual([[{ peerId, volumeDbov: -20 }], peerId, []])
})
