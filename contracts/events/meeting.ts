import { z } from 'zod'
import { defineEvent, defineLocalEvent } from '../definitions.ts'
import { MeetingCode, MeetingId, PeerId, UserId } from '../ids.ts'
import { DisplayName, EndReason, LeaveReason, MeetingTitle, Role } from '../meeting.ts'

const channel = 'meeting_events'
const meeting = { meetingId: MeetingId, atMs: z.number().int() }

export const MeetingCreated = defineEvent(
  channel,
  'meeting.created',
  1,
  z.object({ ...meeting, code: MeetingCode, title: MeetingTitle, createdBy: UserId }),
)

/** The first peer has joined. */
export const MeetingStarted = defineEvent(channel, 'meeting.started', 1, z.object(meeting))

export const MeetingEnded = defineEvent(channel, 'meeting.ended', 1, z.object({ ...meeting, reason: EndReason }))

export const UserJoined = defineEvent(
  channel,
  'meeting.user_joined',
  1,
  z.object({ ...meeting, peerId: PeerId, userId: UserId, displayName: DisplayName, role: Role }),
)

export const UserLeft = defineEvent(
  channel,
  'meeting.user_left',
  1,
  z.object({ ...meeting, peerId: PeerId, reason: LeaveReason }),
)

/** Inside the meeting service's process only. */
export const MeetingCreatedLocally = defineLocalEvent('meeting_created', z.object({ meetingId: MeetingId }))
export const MeetingEndedLocally = defineLocalEvent('meeting_ended', z.object({ meetingId: MeetingId }))
