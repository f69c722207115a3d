import { expect, test } from 'vitest'
import type { EventContract, LocalEventContract, TaskContract } from './definitions.ts'
import { failedEventOf } from './definitions.ts'
import * as mediaEvents from './events/media.ts'
import * as meetingEvents from './events/meeting.ts'
import * as signalingEvents from './events/signaling.ts'
import * as meetingTasks from './tasks/meeting.ts'
import * as signalingTasks from './tasks/signaling.ts'

const contracts = [mediaEvents, meetingEvents, signalingEvents, meetingTasks, signalingTasks]
  .flatMap(module => Object.values(module) as unknown[])
  .filter((value): value is TaskContract<unknown> | EventContract<unknown> | LocalEventContract<unknown> => {
    return typeof value === 'object' && value !== null && 'kind' in value
  })
const named = (kind: string) => contracts.filter(contract => contract.kind === kind).map(({ name }) => name)

test('the tasks of the flows meeting life and WebRTC signaling exist under their binding names', () => {
  expect(named('task').sort()).toEqual([
    'meeting_create',
    'meeting_end',
    'meeting_user_join',
    'meeting_user_leave',
    'signaling_connection_manage',
    'signaling_ice_candidate',
    'signaling_webrtc_answer',
    'signaling_webrtc_offer',
  ])
})

test('their events are published on the channel of the service that owns them', () => {
  const events = contracts.filter(contract => contract.kind === 'event')
  expect(Object.fromEntries(events.map(({ name, channel }) => [name, channel]))).toEqual({
    'meeting.created': 'meeting_events',
    'meeting.started': 'meeting_events',
    'meeting.ended': 'meeting_events',
    'meeting.user_joined': 'meeting_events',
    'meeting.user_left': 'meeting_events',
    'stream.started': 'media_events',
    'stream.stopped': 'media_events',
    'webrtc.offer': 'signaling_events',
    'webrtc.answer': 'signaling_events',
    'webrtc.ice_candidate': 'signaling_events',
    'webrtc.connected': 'signaling_events',
    'webrtc.disconnected': 'signaling_events',
  })
})

test('the local events of these services exist under their binding names', () => {
  expect(named('local').sort()).toEqual([
    'ice_candidate_added',
    'meeting_created',
    'meeting_ended',
    'session_closed',
    'session_created',
    'stream_started',
    'stream_stopped',
  ])
})

test('a task that fails for good has an event on its own service’s channel', () => {
  const failed = failedEventOf(meetingTasks.MeetingCreate)
  expect([failed.channel, failed.name]).toEqual(['meeting_events', 'meeting_create.failed'])
})
