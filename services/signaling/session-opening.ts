import { CodedError, toAppError } from '#contracts/errors.ts'
import { SessionCreated } from '#contracts/events/signaling.ts'
import { ReadMeeting } from '#contracts/requests/meeting.ts'
import type { SignalingReply, SignalingRequest } from '#contracts/signaling/requests.ts'
import { MeetingUserJoin } from '#contracts/tasks/meeting.ts'
import type { LocalEvents } from '../shared/messaging/local-events.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import type { Tokens } from '../shared/tokens/tokens.ts'
import { CloseCode } from './close-code.ts'
import { Session, type SessionSocket } from './session.ts'
import type { SessionEnding } from './session-ending.ts'
import type { SessionTable } from './session-table.ts'
import { toSpentError } from './spent-seat.ts'

export interface SessionOpeningDeps {
  messaging: Messaging
  tokens: Pick<Tokens, 'verifyGrant'>
  localEvents: LocalEvents
  sessions: SessionTable
  ending: SessionEnding
}

/** A socket that can be given a session. */
export interface OpeningSocket extends SessionSocket {
  session: Session | null
  /** False from its closing on, for good. */
  readonly isOpen: boolean
}

type Open = { request: SignalingRequest<'session.open'>; reply: SignalingReply<'session.open'> }

/**
 * Who gets a seat, and when again. Neither half of the evidence takes a taken seat alone:
 * - the grant by itself opens a seat once; while it is held, or after it was given up, it opens nothing;
 * - the resume key only counts together with the grant that opened the seat. That grant may have expired since,
 *   because what is resumed was admitted in time: it is recognised as the same text, not judged anew.
 * After a restart nothing is held, so an unexpired grant opens its seat anew, whatever key comes along.
 */
export class SessionOpening {
  readonly #deps: SessionOpeningDeps

  constructor(deps: SessionOpeningDeps) {
    this.#deps = deps
  }

  /** @throws {CodedError} `token-invalid`, `token-expired`, `already-joined`, `session-unknown`, `meeting-ended`, `connection-lost`, … */
  async open({ token, resumeKey }: Open['request'], socket: OpeningSocket): Promise<Open['reply']> {
    if (socket.session) throw new CodedError('already-joined', 'This connection already has a seat in a meeting.')
    const { sessions, tokens } = this.#deps
    let held = sessions.openedWith(token)
    if (!held) {
      const claims = await tokens.verifyGrant(token)
      held = sessions.get(claims.peerId)
      if (!held) {
        const spent = sessions.spentBecause(claims.peerId)
        if (spent) throw toSpentError(spent)
        return await this.#openAnew(token, new Session(claims, socket, Date.now()), socket)
      }
    }
    if (resumeKey === undefined) throw new CodedError('already-joined', 'This seat is taken. Join again with the link.')
    if (!held.isResumeKey(resumeKey)) throw toSpentError('session-unknown')
    return await this.#resume(held, socket)
  }

  async #openAnew(token: string, session: Session, socket: OpeningSocket): Promise<Open['reply']> {
    const { messaging, sessions, localEvents, ending } = this.#deps
    assertOpen(socket)
    // Before anything is awaited: a second open of the same grant has to find the seat taken, and no notification
    // between the reading of the roster and the reply may be missed.
    sessions.add(session, token)
    socket.session = session
    localEvents.emit(SessionCreated, session.ids)
    const { userId, displayName, role } = session.claims
    const join = { ...session.ids, userId, displayName, role, atMs: session.openedAtMs }
    try {
      const [roster] = await Promise.all([
        messaging.request(ReadMeeting, { meetingId: session.ids.meetingId }),
        messaging.enqueue(MeetingUserJoin, join),
      ])
      if (roster.meeting.state === 'ended') throw toSpentError('meeting-ended')
      this.#assertStillOurs(session, socket)
      return toReply(session, roster, false)
    } catch (error) {
      socket.session = null
      const { code } = toAppError(error)
      // A join of these fails by itself; any other may have been accepted and has to be taken back.
      if (code === 'meeting-ended' || code === 'meeting-unknown') ending.close(session, code)
      else ending.abandon(session, 'session-unknown', 'lost')
      throw error
    }
  }

  async #resume(session: Session, socket: OpeningSocket): Promise<Open['reply']> {
    const { messaging, ending } = this.#deps
    assertOpen(socket)
    const replaced = session.socket
    ending.socketRegained(session)
    session.attach(socket)
    socket.session = session
    replaced?.dismiss(
      { code: 'session-replaced', message: 'This seat was taken over by a newer connection of yours.' },
      CloseCode.normal,
    )
    try {
      const roster = await messaging.request(ReadMeeting, { meetingId: session.ids.meetingId })
      this.#assertStillOurs(session, socket)
      return toReply(session, roster, session.canContinue())
    } catch (error) {
      if (socket.session === session) socket.session = null
      if (session.socket === socket) ending.socketLost(session)
      throw error
    }
  }

  /** While the roster was read, the session may have ended, or its socket have closed or been replaced. */
  #assertStillOurs(session: Session, socket: OpeningSocket): void {
    if (session.state.at === 'closed') throw toSpentError(session.state.because)
    if (session.socket !== socket) {
      throw new CodedError('session-replaced', 'This seat was taken over by a newer connection of yours.')
    }
  }
}

/**
 * A socket that closed while its grant was verified, or while its request waited its turn, has told of its loss already:
 * a session given to it would never be missed. Call it right before the seat is taken, with nothing awaited between.
 */
function assertOpen(socket: OpeningSocket): void {
  if (!socket.isOpen) throw new CodedError('connection-lost', 'The connection closed before the seat was taken.')
}

function toReply(
  session: Session,
  { meeting, peers }: Pick<Open['reply'], 'meeting' | 'peers'>,
  resumed: boolean,
): Open['reply'] {
  const { peerId, userId, displayName, role } = session.claims
  const others = peers.filter(peer => peer.peerId !== peerId)
  return { peerId, userId, displayName, role, resumeKey: session.resumeKey, resumed, meeting, peers: others }
}
