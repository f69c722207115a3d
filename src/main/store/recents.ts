import type { MeetingCode } from '#contracts/ids.ts'
import type { RecentMeeting } from '#contracts/ipc/recents.ts'

const MOST = 20

/** A meeting that is there already moves to the front with its new facts. */
export function addRecent(recents: readonly RecentMeeting[], meeting: RecentMeeting): RecentMeeting[] {
  return [meeting, ...removeRecent(recents, meeting.invite.code)]
    .sort((a, b) => b.lastJoinedAtMs - a.lastJoinedAtMs)
    .slice(0, MOST)
}

export function removeRecent(recents: readonly RecentMeeting[], code: MeetingCode): RecentMeeting[] {
  return recents.filter(({ invite }) => invite.code !== code)
}
