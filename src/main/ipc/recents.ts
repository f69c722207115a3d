import type { MeetingCode } from '#contracts/ids.ts'
import type { Invite } from '#contracts/invite.ts'
import type { RecentMeeting, recentsCalls } from '#contracts/ipc/recents.ts'
import { addRecent, removeRecent } from '../store/recents.ts'
import type { Handlers } from './handle-calls.ts'

export interface RecentsDeps {
  recents: {
    read(): RecentMeeting[]
    update(change: (recents: RecentMeeting[]) => RecentMeeting[]): Promise<RecentMeeting[]>
  }
  /** Asked before anything is written: the host's own rights do not wait for the disk. */
  onHosted(code: MeetingCode): void
  /** What is hosted here may have changed. */
  onChange(): void
  resolveCode(code: MeetingCode): Promise<Invite>
}

export function createRecentsHandlers({
  recents,
  onHosted,
  onChange,
  resolveCode,
}: RecentsDeps): Handlers<typeof recentsCalls> {
  return {
    list: () => recents.read(),
    add: async meeting => {
      if (meeting.hostedHere) onHosted(meeting.invite.code)
      await recents.update(all => addRecent(all, meeting))
      onChange()
    },
    remove: async ({ code }) => {
      await recents.update(all => removeRecent(all, code))
      onChange()
    },
    resolve: ({ code }) => resolveCode(code),
  }
}
