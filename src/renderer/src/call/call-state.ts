import type { AppError } from '#contracts/errors.ts'
import type { PeerId, ProducerId, UserId } from '#contracts/ids.ts'
import type { Invite } from '#contracts/invite.ts'
import type { EndReason, MeetingView, PeerView, Role } from '#contracts/meeting.ts'
import type { Source } from '#contracts/rtp.ts'

/** One producer of a remote peer, and whether this client has its media yet. */
export interface RemoteStream {
  producerId: ProducerId
  source: Source
  paused: boolean
  /** Set once consumed; a stable object for the stream's life. */
  track: MediaStreamTrack | null
}

export interface RemotePeer extends PeerView {
  streams: ReadonlyMap<Source, RemoteStream>
  /** In dBov, -127 (silence) to 0. */
  volumeDbov: number
}

export interface Self {
  peerId: PeerId
  userId: UserId
  displayName: string
  role: Role
  volumeDbov: number
}

/** What a person is told about the way to the meeting. */
export type Connection =
  | { state: 'connecting' }
  | { state: 'connected' }
  /** The socket or the media path broke and is being mended; since when, by `performance.now()`. */
  | { state: 'reconnecting'; sinceMs: number }

export type CallState =
  | { phase: 'idle' }
  /** Starting the services here (`hosting`), or finding and asking the server of an invite. */
  | { phase: 'preparing'; hosting: boolean }
  /** The meeting exists and its server answers; the person checks camera, microphone and name. */
  | { phase: 'lobby'; invite: Invite; meeting: MeetingView; hosting: boolean }
  | { phase: 'joining'; invite: Invite; meeting: MeetingView; hosting: boolean }
  | LiveCall
  /** It ended in the way a meeting should. */
  | { phase: 'ended'; reason: EndReason | 'left'; meeting: MeetingView; invite: Invite }
  | { phase: 'failed'; error: AppError; canRetry: boolean }

export interface LiveCall {
  phase: 'live'
  invite: Invite
  meeting: MeetingView
  self: Self
  /** Without oneself, in order of joining. */
  peers: ReadonlyMap<PeerId, RemotePeer>
  activeSpeaker: PeerId | null
  connection: Connection
}

/** What the screens may ask for. None of them rejects: what goes wrong becomes a phase of the state. */
export interface CallActions {
  /** Starts the services here if needed, creates a meeting and goes to its lobby. */
  newMeeting(title: string): Promise<void>
  /** A link or a code as pasted. Goes to the lobby, or fails with `invite-invalid`, `meeting-unknown`, `server-unreachable` … */
  openInvite(text: string): Promise<void>
  openRecent(invite: Invite): Promise<void>
  /** From the lobby; publishes whatever local media is on. */
  join(displayName: string): Promise<void>
  leave(): Promise<void>
  /** False if that could not be asked of the server now: the meeting goes on. */
  endForAll(): Promise<boolean>
  /** From `failed` and `ended`: what was asked for once more. */
  retry(): Promise<void>
  /** Back home from any phase. */
  goHome(): Promise<void>
}
