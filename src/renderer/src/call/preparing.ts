import { CodedError, type ErrorCode } from '#contracts/errors.ts'
import type { Invite, InviteText } from '#contracts/invite.ts'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import type { MeetingView } from '#contracts/meeting.ts'
import type { LoadSfuDevice, SfuDevice } from '../media/sfu-connection.ts'
import { orCancelled, throwIfCancelled } from '../signaling/cancelled.ts'
import type { OpenChannel } from '../signaling/signaling-channel.ts'
import { SignalingClient } from '../signaling/signaling-client.ts'
import { unwrapResult } from '../signaling/unwrap-result.ts'
import { type EarlyGrant, requestEarlyGrant } from './joining.ts'

export interface PreparingDeps {
  api: DesktopApi
  openChannel: OpenChannel
  loadDevice: LoadSfuDevice
}

/** What stands ready while the person looks into the mirror: the socket, the meeting, the codecs. */
export interface Lobby {
  invite: Invite
  meeting: MeetingView
  hosting: boolean
  device: SfuDevice
  client: SignalingClient
  /** Makes whoever created the meeting just now its host, even where it could not be remembered. */
  ownerToken: string | null
  /** Null too where the person’s name is nobody’s business before they press Join. */
  earlyGrant: Promise<EarlyGrant | null>
}

/** Starts the services here, creates a meeting, and remembers it at once: its link may be sent before anybody joins. */
export async function prepareMeeting(deps: PreparingDeps, title: string, signal: AbortSignal): Promise<Lobby> {
  const { api, openChannel } = deps
  const { server, ownerToken } = unwrapResult(await orCancelled(signal, api.host.start()))
  const client = await SignalingClient.open(openChannel, server, signal)
  try {
    const { meeting } = await orCancelled(signal, client.request('meeting.create', { title, ownerToken }))
    const invite = { code: meeting.code, server }
    // before anybody asks whose meeting it is
    const added = await orCancelled(
      signal,
      api.recents.add({ invite, title: meeting.title, lastJoinedAtMs: Date.now(), hostedHere: true }),
    )
    if (!added.ok) console.debug('call: the new meeting could not be remembered', added.error)
    return await enterLobby(deps, client, { invite, hosting: true, ownerToken, known: true }, signal)
  } catch (error) {
    client.close()
    throw error
  }
}

/** Where a link or a code leads. @throws {CodedError} `meeting-unknown` */
export async function findInvite({ api }: PreparingDeps, wanted: InviteText, signal: AbortSignal): Promise<Invite> {
  if (wanted.kind === 'link') return wanted.invite
  return unwrapResult(await orCancelled(signal, api.recents.resolve({ code: wanted.code })))
}

const gone: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['meeting-ended', 'meeting-unknown'])

export async function prepareInvite(deps: PreparingDeps, invite: Invite, signal: AbortSignal): Promise<Lobby> {
  const { own, known, server } = await findServer(deps, invite, signal)
  const client = await SignalingClient.open(deps.openChannel, server, signal)
  try {
    const wanted = { invite: { ...invite, server }, hosting: own, ownerToken: null, known }
    return await enterLobby(deps, client, wanted, signal)
  } catch (error) {
    client.close()
    if (known && error instanceof CodedError && gone.has(error.code))
      void deps.api.recents.remove({ code: invite.code })
    throw error
  }
}

/**
 * A meeting of this app's own needs its services, which may have been stopped, or have moved to another address. A server
 * is known by its certificate: anybody can write a link with a familiar code.
 */
async function findServer({ api }: PreparingDeps, { code, server }: Invite, signal: AbortSignal) {
  const list = await orCancelled(signal, api.recents.list())
  const recent = list.ok ? list.value.find(({ invite }) => invite.code === code) : undefined
  if (!recent?.hostedHere) {
    const known = server.pin !== undefined && recent?.invite.server.pin === server.pin
    return { own: false, known, server }
  }
  return { own: true, known: true, server: unwrapResult(await orCancelled(signal, api.host.start())).server }
}

async function enterLobby(
  { api, loadDevice }: PreparingDeps,
  client: SignalingClient,
  { known, ...wanted }: Pick<Lobby, 'invite' | 'hosting' | 'ownerToken'> & { known: boolean },
  signal: AbortSignal,
): Promise<Lobby> {
  const entered = await orCancelled(signal, client.request('lobby.enter', { code: wanted.invite.code }))
  if (entered.meeting.state === 'ended') throw new CodedError('meeting-ended', 'This meeting has ended.')
  const device = await loadDevice(entered.routerRtpCapabilities)
  throwIfCancelled(signal)
  const earlyGrant = known ? requestEarlyGrant(client, { api, ...wanted }) : Promise.resolve(null)
  return { ...wanted, meeting: entered.meeting, device, client, earlyGrant }
}
