import { expect, test } from 'vitest'
import { MeetingId, PeerId, ProducerId } from '#contracts/ids.ts'
import { LiveSpeech } from './live-speech.ts'

const meetingId = MeetingId.parse('m1')
const mic = (name: string) => ({
  producerId: ProducerId.parse(name),
  peerId: PeerId.parse(`peer-${name}`),
  startedAtMs: 1,
})

test('the microphones of a meeting are known from their start to their stop', () => {
  const live = new LiveSpeech()
  live.startMeeting(meetingId)
  live.startMic(meetingId, mic('a'))
  live.startMic(meetingId, mic('b'))
  live.startMic(meetingId, mic('a'))
  expect(live.micsOf(meetingId)).toEqual([mic('a'), mic('b')])
  live.stopMic(meetingId, mic('a').producerId)
  expect(live.micsOf(meetingId)).toEqual([mic('b')])
})

test('a meeting that ended takes its microphones along', () => {
  const live = new LiveSpeech()
  live.startMeeting(meetingId)
  live.startMic(meetingId, mic('a'))
  live.endMeeting(meetingId)
  expect([live.meetings(), live.micsOf(meetingId)]).toEqual([[], []])
})

test('a stream that is heard of before its meeting is kept', () => {
  const live = new LiveSpeech()
  live.startMic(meetingId, mic('a'))
  live.startMeeting(meetingId)
  expect(live.micsOf(meetingId)).toEqual([mic('a')])
})

test('news that come after the end leave nothing behind', () => {
  const live = new LiveSpeech()
  live.startMeeting(meetingId)
  live.endMeeting(meetingId)
  live.startMic(meetingId, mic('a'))
  live.stopMic(meetingId, mic('a').producerId)
  expect(live.meetings()).toEqual([])
})

test('a meeting that was created keeps its view while streams come and go, however early they are heard of', () => {
  const live = new LiveSpeech()
  live.prepareMeeting(meetingId)
  live.startMic(meetingId, mic('a'))
  live.stopMic(meetingId, mic('a').producerId)
  expect(live.meetings()).toEqual([meetingId])
  live.endMeeting(meetingId)
  expect(live.meetings()).toEqual([])
})

test('of meetings that nobody joins only so many are kept', () => {
  const live = new LiveSpeech()
  for (let n = 0; n < 1_100; n++) live.prepareMeeting(MeetingId.parse(`m${n}`))
  expect(live.meetings()).toHaveLength(1_000)
  expect(live.meetings()[0]).toBe('m100')
})
