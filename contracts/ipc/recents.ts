import { z } from 'zod'
import { MeetingCode } from '../ids.ts'
import { Invite } from '../invite.ts'
import { MeetingTitle } from '../meeting.ts'
import type { ApiOf } from './definitions.ts'

/** Meetings this app has been in, newest first, at most 20. */
export const RecentMeeting = z.object({
  invite: Invite,
  title: MeetingTitle,
  lastJoinedAtMs: z.number().int(),
  hostedHere: z.boolean(),
})
export type RecentMeeting = z.infer<typeof RecentMeeting>

export const recentsCalls = {
  list: { request: z.void(), reply: z.array(RecentMeeting) },
  add: { request: RecentMeeting, reply: z.void() },
  remove: { request: z.object({ code: MeetingCode }), reply: z.void() },
  /** Where a bare code leads: this app's own services, a recent meeting, or a host on this network that proves it knows
   *  the code. Fails with `meeting-unknown`. */
  resolve: { request: z.object({ code: MeetingCode }), reply: Invite },
}
export type RecentsApi = ApiOf<typeof recentsCalls>
