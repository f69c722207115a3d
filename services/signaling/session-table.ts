import { createHash } from 'node:crypto'
import type { ErrorCode } from '#contracts/errors.ts'
import type { MeetingId, PeerId } from '#contracts/ids.ts'
import type { Session } from './session.ts'

/** Spent seats remembered; grants live minutes, so the oldest have long expired when they fall out. */
const MAX_SPENT = 20_000

/** The sessions of this process, found by seat, by meeting, and by the very token they were opened with. */
export class SessionTable {
  readonly #byPeer = new Map<PeerId, Session>()
  readonly #byMeeting = new Map<MeetingId, Set<Session>>()
  readonly #byToken = new Map<string, Session>()
  readonly #tokens = new Map<Session, string>()
  readonly #spent = new Map<PeerId, ErrorCode>()

  get size(): number {
    return this.#byPeer.size
  }

  add(session: Session, token: string): void {
    const { meetingId, peerId } = session.ids
    const key = digest(token)
    this.#byPeer.set(peerId, session)
    this.#byToken.set(key, session)
    this.#tokens.set(session, key)
    const others = this.#byMeeting.get(meetingId)
    if (others) others.add(session)
    else this.#byMeeting.set(meetingId, new Set([session]))
  }

  /** The seat is spent: the same grant never takes it again, and is told this code. */
  remove(session: Session, because: ErrorCode): void {
    const { meetingId, peerId } = session.ids
    this.#byPeer.delete(peerId)
    this.#byToken.delete(this.#tokens.get(session) ?? '')
    this.#tokens.delete(session)
    const others = this.#byMeeting.get(meetingId)
    others?.delete(session)
    if (others?.size === 0) this.#byMeeting.delete(meetingId)
    this.#spent.set(peerId, because)
    for (const oldest of this.#spent.keys()) {
      if (this.#spent.size <= MAX_SPENT) break
      this.#spent.delete(oldest)
    }
  }

  get(peerId: PeerId): Session | undefined {
    return this.#byPeer.get(peerId)
  }

  /** The token need not be valid any more: it was when it opened this session. */
  openedWith(token: string): Session | undefined {
    return this.#byToken.get(digest(token))
  }

  in(meetingId: MeetingId): readonly Session[] {
    return [...(this.#byMeeting.get(meetingId) ?? [])]
  }

  all(): readonly Session[] {
    return [...this.#byPeer.values()]
  }

  /** Why a seat that was taken here is not to be had again. */
  spentBecause(peerId: PeerId): ErrorCode | undefined {
    return this.#spent.get(peerId)
  }
}

const digest = (token: string) => createHash('sha256').update(token).digest('base64url')
