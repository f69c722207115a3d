import { z } from 'zod'
import { MeetingId, PeerId, UserId } from './ids.ts'
import { DisplayName, Role } from './meeting.ts'

/** The one algorithm that tokens are signed with (RFC 8037); any other in a header is refused. */
export const TOKEN_ALGORITHM = 'EdDSA'

/** Claims of a grant: one seat in one meeting, under one name, in one role. Opened within `exp`. */
export const GrantClaims = z.object({
  use: z.literal('grant'),
  meetingId: MeetingId,
  /** The seat. Opening it twice is `already-joined`. */
  peerId: PeerId,
  userId: UserId,
  displayName: DisplayName,
  role: Role,
})
export type GrantClaims = z.infer<typeof GrantClaims>

/** Claims of an owner token: may create meetings on this server and join its meetings as host. */
export const OwnerClaims = z.object({ use: z.literal('owner'), userId: UserId })
export type OwnerClaims = z.infer<typeof OwnerClaims>
