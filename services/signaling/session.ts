import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { AppError, ErrorCode } from '#contracts/errors.ts'
import type { MeetingId, PeerId, TaskId } from '#contracts/ids.ts'
import type { GrantClaims } from '#contracts/tokens.ts'
import { NotificationLog } from './notification-log.ts'

/** What a session needs of the socket that carries it. */
export interface SessionSocket {
  send(frame: string): void
  /** Skipped when the client is behind with reading. */
  sendIfIdle(frame: string): void
  /** Says why in `session.closed`, then closes with this code (RFC 6455, section 7.4). */
  dismiss(error: AppError, closeCode: number): void
}

type SessionState =
  /** The socket's `session.open` is not answered yet: notifications wait, so that none overtakes the reply. */
  | { at: 'opening'; socket: SessionSocket }
  | { at: 'live'; socket: SessionSocket }
  /** The socket is gone; `since` tells this loss from an earlier one. */
  | { at: 'away'; sinceMs: number; lossTask: Promise<TaskId | null> }
  | { at: 'closed'; because: ErrorCode }

/** One seat taken in one meeting. It outlives its sockets: a client that comes back in time finds it as it was. */
export class Session {
  readonly claims: GrantClaims
  readonly openedAtMs: number
  /** 256 random bits; with the grant they take the seat again, and neither does alone. */
  readonly resumeKey = randomBytes(32).toString('base64url')
  readonly #log = new NotificationLog()
  #lastAtMs: number
  #state: SessionState

  constructor(claims: GrantClaims, socket: SessionSocket, openedAtMs: number) {
    this.claims = claims
    this.openedAtMs = openedAtMs
    this.#lastAtMs = openedAtMs
    this.#state = { at: 'opening', socket }
  }

  /** Wall clock, but never back: other services tell by these times what of this session came before what. */
  nowMs(): number {
    this.#lastAtMs = Math.max(this.#lastAtMs, Date.now())
    return this.#lastAtMs
  }

  get ids(): { meetingId: MeetingId; peerId: PeerId } {
    return { meetingId: this.claims.meetingId, peerId: this.claims.peerId }
  }

  get state(): Readonly<SessionState> {
    return this.#state
  }

  get socket(): SessionSocket | null {
    return 'socket' in this.#state ? this.#state.socket : null
  }

  /** In constant time; digests first, because lengths may differ. */
  isResumeKey(key: string): boolean {
    return timingSafeEqual(digest(key), digest(this.resumeKey))
  }

  /** For everything that must arrive, in order: kept until the client has it. */
  notify(frame: string): void {
    if (this.#state.at === 'closed') return
    this.#log.push(frame)
    if (this.#state.at === 'live') this.#state.socket.send(frame)
  }

  /** For what is stale a moment later, like audio levels: sent now or never. */
  mention(frame: string): void {
    if (this.#state.at === 'live') this.#state.socket.sendIfIdle(frame)
  }

  /** @returns confirms what this socket was sent until now; see `NotificationLog` */
  checkpoint(): () => void {
    return this.#state.at === 'live' ? this.#log.checkpoint() : () => {}
  }

  /** A new socket takes over; notifications wait until `release`. */
  attach(socket: SessionSocket): void {
    this.#state = { at: 'opening', socket }
  }

  /** False when notifications were lost: the client has to build its view anew, so what is left of them is dropped. */
  canContinue(): boolean {
    if (!this.#log.hasGap) return true
    this.#log.clear()
    return false
  }

  /** The reply to `session.open` is out on this socket: everything that waited follows it. */
  release(socket: SessionSocket): void {
    if (this.#state.at !== 'opening' || this.#state.socket !== socket) return
    this.#state = { at: 'live', socket }
    for (const frame of [...this.#log.frames()]) socket.send(frame)
  }

  leaveAway(sinceMs: number, lossTask: Promise<TaskId | null>): void {
    this.#state = { at: 'away', sinceMs, lossTask }
  }

  isAwaySince(atMs: number): boolean {
    return this.#state.at === 'away' && this.#state.sinceMs === atMs
  }

  /** Final. */
  markClosed(because: ErrorCode): void {
    this.#state = { at: 'closed', because }
    this.#log.clear()
  }
}

const digest = (text: string) => createHash('sha256').update(text).digest()
