import { z } from 'zod'
import { declareTask } from '../definitions.ts'
import { MeetingCode, MeetingId, PeerId, UserId } from '../ids.ts'
import { DisplayName, EndReason, LeaveReason, MeetingTitle, Role } from '../meeting.ts'

export const MeetingCreate = declareTask(
  'meeting',
  'meeting_create',
  1,
  z.object({ meetingId: MeetingId, code: MeetingCode, title: MeetingTitle, createdBy: UserId, atMs: z.number().int() }),
  { laneOf: ({ meetingId }) => meetingId },
)

export const MeetingEnd = declareTask(
  'meeting',
  'meeting_end',
  1,
  z.object({ meetingId: MeetingId, reason: EndReason, atMs: z.number().int() }),
  { laneOf: ({ meetingId }) => meetingId },
)

export const MeetingUserJoin = declareTask(
  'meeting',
  'meeting_user_join',
  1,
  z.object({
    meetingId: MeetingId,
    peerId: PeerId,
    userId: UserId,
    displayName: DisplayName,
    role: Role,
    atMs: z.number().int(),
  }),
  { laneOf: ({ meetingId }) => meetingId },
)

export const MeetingUserLeave = declareTask(
  'meeting',
  'meeting_user_leave',
  1,
  z.object({ meetingId: MeetingId, peerId: PeerId, reason: LeaveReason, atMs: z.number().int() }),
  { laneOf: ({ meetingId }) => meetingId },
)
