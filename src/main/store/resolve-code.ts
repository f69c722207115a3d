import { CodedError } from '#contracts/errors.ts'
import type { MeetingCode } from '#contracts/ids.ts'
import type { Invite, ServerTarget } from '#contracts/invite.ts'
import type { RecentMeeting } from '#contracts/ipc/recents.ts'

export interface ResolveDeps {
  recents(): readonly RecentMeeting[]
  isHostedHere(code: MeetingCode): boolean
  /** Starts the services here, if need be. */
  startHost(): Promise<ServerTarget>
  /** Asks the network; null if nobody answers in time who knows the code. */
  discover(code: MeetingCode, options?: { timeoutMs: number }): Promise<ServerTarget | null>
}

/** A host on this network answers within a fraction of it; one elsewhere is not waited for longer. */
const RECENT_TIMEOUT_MS = 1_000

/** Where a bare code leads. @throws {CodedError} `meeting-unknown`, or why the services here do not start */
export async function resolveCode(
  code: MeetingCode,
  { recents, isHostedHere, startHost, discover }: ResolveDeps,
): Promise<Invite> {
  if (isHostedHere(code)) return { code, server: await startHost() }
  const recent = recents().find(({ invite }) => invite.code === code)
  // addresses may have changed since, of a host elsewhere too: who answers now is right
  const server = await (recent ? discover(code, { timeoutMs: RECENT_TIMEOUT_MS }) : discover(code))
  if (server) return { code, server }
  if (recent) return recent.invite
  throw new CodedError(
    'meeting-unknown',
    'No meeting with this code was found on your network. Ask the host for the link.',
  )
}
