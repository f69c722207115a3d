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
  /** What is hosted here may have changed. */
  onChange(recents: readonly RecentMeeting[]): void
  resolveCode(code: MeetingCode): Promise<Invite>
}

export function createRecentsHandlers({ recents, onChange, resolveCode }: RecentsDeps): Handlers<typeof recentsCalls> {
  return {
    list: () => recents.read(),
    add: async meeting => onChange(await recents.update(all => addRecent(all, meeting))),
    remove: async ({ code }) => onChange(await recents.update(all => removeRecent(all, code))),
    resolve: ({ code }) => resolveCode(code),
  }
}
