import { CodedError, toParseError } from '#contracts/errors.ts'
import type { Invite } from '#contracts/invite.ts'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import { DisplayName } from '#contracts/meeting.ts'
import type { SignalingReply } from '#contracts/signaling/requests.ts'
import type { SignalingClient } from '../signaling/signaling-client.ts'
import { unwrapResult } from '../signaling/unwrap-result.ts'

/** What takes a seat, and takes it again on a new socket. */
export interface Seat {
  token: string
  resumeKey: string
}

export type Opened = SignalingReply<'session.open'>

/** A grant for the name that the person had last time; most keep it, and then pressing Join saves a question. */
export interface EarlyGrant {
  displayName: string
  token: string
}

/** Who asks for a grant, and for which meeting. */
export interface Applicant {
  api: DesktopApi
  invite: Invite
  hosting: boolean
  /** Given to whoever created the meeting just now. */
  ownerToken: string | null
}

/** @throws {CodedError} `bad-request` for a name that is none, or the server's own */
export async function requestGrant(
  client: SignalingClient,
  { displayName, ...applicant }: Applicant & { displayName: string },
): Promise<string> {
  const name = DisplayName.safeParse(displayName)
  if (!name.success) throw toParseError('bad-request', name.error)
  const ownerToken = applicant.hosting ? await findOwnerToken(applicant) : null
  const { token } = await client.request('grant.request', {
    code: applicant.invite.code,
    displayName: name.data,
    ...(ownerToken ? { ownerToken } : {}),
  })
  return token
}

/** A fresh one as far as the app knows the meeting for its own: one that was given at its creation lasts ten minutes. */
async function findOwnerToken({ api, invite: { code }, ownerToken }: Applicant): Promise<string | null> {
  const fresh = await api.host.ownerToken({ code })
  return fresh.ok || !ownerToken ? (unwrapResult(fresh).ownerToken ?? ownerToken) : ownerToken
}

/** Null when there is no name yet, or no grant: then asking at the usual time says why. */
export async function requestEarlyGrant(client: SignalingClient, applicant: Applicant): Promise<EarlyGrant | null> {
  try {
    const { displayName } = unwrapResult(await applicant.api.settings.read())
    return { displayName, token: await requestGrant(client, { ...applicant, displayName }) }
  } catch {
    return null
  }
}

/** Null if the seat is not ours any more; `resumed` in the reply says whether its media is. */
export async function resumeSeat(client: SignalingClient, { token, resumeKey }: Seat): Promise<Opened | null> {
  try {
    return await client.request('session.open', { token, resumeKey })
  } catch (error) {
    if (error instanceof CodedError && lost.has(error.code)) return null
    throw error
  }
}

const lost: ReadonlySet<string> = new Set(['token-expired', 'token-invalid', 'session-unknown', 'already-joined'])
