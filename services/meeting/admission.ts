import { randomUUID } from 'node:crypto'
import { CodedError } from '#contracts/errors.ts'
import { type MeetingCode, PeerId, UserId } from '#contracts/ids.ts'
import type { DisplayName, Role } from '#contracts/meeting.ts'
import type { SignedToken } from '../shared/tokens/tokens.ts'
import type { MeetingDeps } from './meeting-deps.ts'
import { findOpenMeeting } from './read-meeting.ts'

interface Applicant {
  code: MeetingCode
  displayName: DisplayName
  ownerToken?: string | undefined
}

/**
 * Trades a meeting's code and a name for a grant to one seat. Each grant is a new peer and a new user, because without
 * accounts one admission is all that is known of a person.
 *
 * The host's role is for whoever holds an owner token of this server, not only for who made the meeting: the server's
 * owner answers for all that happens on it (docs/decisions/tokens-and-tls.md). A bad owner token is an error rather
 * than a quiet seat in the audience.
 * @throws {CodedError} `meeting-unknown`, `meeting-ended`, `meeting-full`, `token-invalid`, `token-expired`
 */
export async function issueGrant(
  { records, tokens, config, log }: MeetingDeps,
  { code, displayName, ownerToken }: Applicant,
): Promise<SignedToken & { userId: UserId }> {
  const { meetingId } = await findOpenMeeting(records, code)
  if ((await records.participants.countPresent(meetingId)) >= config.maxParticipants) {
    throw new CodedError('meeting-full', `This meeting is full: it has ${config.maxParticipants} seats.`)
  }
  let role: Role = 'participant'
  if (ownerToken !== undefined) {
    await tokens.verifyOwner(ownerToken)
    role = 'host'
  }
  const peerId = PeerId.parse(randomUUID())
  const userId = UserId.parse(randomUUID())
  const signed = await tokens.signGrant({ use: 'grant', meetingId, peerId, userId, displayName, role })
  log.info({ meetingId, peerId, role }, 'grant issued')
  return { ...signed, userId }
}
