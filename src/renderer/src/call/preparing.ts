import { CodedError } from '#contracts/errors.ts'
import { type Invite, parseInvite } from '#contracts/invite.ts'
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
    void api.recents.add({ invite, title: meeting.title, lastJoinedAtMs: Date.now(), hostedHere: true })
    return await enterLobby(deps, client, invite, true, signal)
  } catch (error) {
    client.close()
    throw error
  }
}

/** What a person pasted or typed. @throws {CodedError} `invite-invalid`, `meeting-unknown` */
export async function findInvite({ api }: PreparingDeps, text: string, signal: AbortSignal): Promise<Invite> {
  const parsed = parseInvite(text)
  if (parsed.kind === 'link') return parsed.invite
  return unwrapResult(await orCancelled(signal, api.recents.resolve({ code: parsed.code })))
}

export async function prepareInvite(deps: PreparingDeps, invite: Invite, signal: AbortSignal): Promise<Lobby> {
  const { own, server } = await findServer(deps, invite, signal)
  const client = await SignalingClient.open(deps.openChannel, server, signal)
  try {
    return await enterLobby(deps, client, { ...invite, server }, own, signal)
  } catch (error) {
    client.close()
    throw error
  }
}

/** A meeting of this app's own needs its services, which may have been stopped, or have moved to another address. */
async function findServer({ api }: PreparingDeps, { code, server }: Invite, signal: AbortSignal) {
  const recents = await orCancelled(signal, api.recents.list())
  const own = recents.ok && recents.value.some(recent => recent.hostedHere && recent.invite.code === code)
  if (!own) return { own, server }
  return { own, server: unwrapResult(await orCancelled(signal, api.host.start())).server }
}

async function enterLobby(
  { api, loadDevice }: PreparingDeps,
  client: SignalingClient,
  invite: Invite,
  hosting: boolean,
  signal: AbortSignal,
): Promise<Lobby> {
  const entered = await orCancelled(signal, client.request('lobby.enter', { code: invite.code }))
  if (entered.meeting.state === 'ended') throw new CodedError('meeting-ended', 'This meeting has ended.')
  const device = await loadDevice(entered.routerRtpCapabilities)
  throwIfCancelled(signal)
  const earlyGrant = requestEarlyGrant(client, { api, invite, hosting })
  return { invite, meeting: entered.meeting, hosting, device, client, earlyGrant }
}
