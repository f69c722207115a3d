import { z } from 'zod'
import { defineRequest } from '../definitions.ts'
import { MeetingCode, MeetingId, UserId } from '../ids.ts'
import { DisplayName, MeetingView, PeerView } from '../meeting.ts'

/** @throws `meeting-unknown`, `meeting-ended` */
export const LookUpMeeting = defineRequest('meeting', 'meeting.look_up', {
  request: z.object({ code: MeetingCode }),
  reply: MeetingView,
})

/** Admission: the code (and, for the host's role, an owner token) against a grant for one seat. */
export const IssueGrant = defineRequest('meeting', 'meeting.issue_grant', {
  request: z.object({ code: MeetingCode, displayName: DisplayName, ownerToken: z.string().max(4_096).optional() }),
  reply: z.object({ token: z.string(), userId: UserId, expiresAtMs: z.number().int() }),
})

/** The meeting as it is recorded now, with everyone who is in it. */
export const ReadMeeting = defineRequest('meeting', 'meeting.read', {
  request: z.object({ meetingId: MeetingId }),
  reply: z.object({ meeting: MeetingView, peers: z.array(PeerView) }),
})
