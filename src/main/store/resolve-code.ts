import { CodedError } from '#contracts/errors.ts'
import type { MeetingCode } from '#contracts/ids.ts'
import type { Invite, ServerTarget } from '#contracts/invite.ts'
import type { RecentMeeting } from '#contracts/ipc/recents.ts'

export interface ResolveDeps {
  recents(): readonly RecentMeeting[]
  /** Starts the services here, if need be. */
  startHost(): Promise<ServerTarget>
  /** Asks the network; null if nobody answers who knows the code. */
  discover(code: MeetingCode): Promise<ServerTarget | null>
}

/** Where a bare code leads. @throws {CodedError} `meeting-unknown`, or why the services here do not start */
export async function resolveCode(code: MeetingCode, { recents, startHost, discover }: ResolveDeps): Promise<Invite> {
  const recent = recents().find(({ invite }) => invite.code === code)
  // addresses may have changed since
  if (recent?.hostedHere) return { code, server: await startHost() }
  if (recent) return recent.invite
  const server = await discover(code)
  if (server) return { code, server }
  throw new CodedError(
    'meeting-unknown',
    'No meeting with this code was found on your network. Ask the host for the link.',
  )
}
