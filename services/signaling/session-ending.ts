import { setTimeout as delay } from 'node:timers/promises'
import { type AppError, type ErrorCode, toAppError } from '#contracts/errors.ts'
import { SessionClosed } from '#contracts/events/signaling.ts'
import type { MeetingId, PeerId, TaskId } from '#contracts/ids.ts'
import type { LeaveReason } from '#contracts/meeting.ts'
import { MeetingUserLeave } from '#contracts/tasks/meeting.ts'
import { SignalingConnectionManage } from '#contracts/tasks/signaling.ts'
import type { Log } from '../shared/log/log.ts'
import { backoffMs } from '../shared/messaging/backoff.ts'
import type { LocalEvents } from '../shared/messaging/local-events.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import { CloseCode } from './close-code.ts'
import type { Session } from './session.ts'
import type { SessionTable } from './session-table.ts'
import type { SignalingConfig } from './signaling-config.ts'

export interface SessionEndingDeps {
  messaging: Messaging
  localEvents: LocalEvents
  sessions: SessionTable
  config: SignalingConfig
  log: Log
}

/** The ways a session ends, and the grace it has when only its socket is lost. */
export class SessionEnding {
  readonly #deps: SessionEndingDeps
  readonly #stopping = new AbortController()

  constructor(deps: SessionEndingDeps) {
    this.#deps = deps
  }

  /** The person leaves: the seat is free at once. @throws {CodedError} `queue-full`, `unavailable`; the session stays */
  async leave(session: Session): Promise<void> {
    await this.#deps.messaging.enqueue(MeetingUserLeave, { ...session.ids, reason: 'left', atMs: session.nowMs() })
    this.close(session, 'session-unknown')
  }

  /** The socket closed without a word: the seat is kept for the resume window. */
  socketLost(session: Session): void {
    if (session.state.at === 'closed') return
    const atMs = session.nowMs()
    session.leaveAway(atMs, this.#scheduleLoss(session, atMs))
    this.#deps.log.info(session.ids, 'session away')
  }

  /** The scheduled loss is withdrawn, if there is one; should that fail, the task finds that it is not needed. */
  socketRegained(session: Session): void {
    if (session.state.at !== 'away') return
    void session.state.lossTask
      .then(taskId => (taskId ? this.#deps.messaging.cancel(taskId) : false))
      .catch(error => this.#deps.log.debug({ ...session.ids, err: error }, 'scheduled loss not withdrawn'))
  }

  /**
   * The resume window of a loss at `atMs` is over. Without a session here the peer was lost with an earlier run of this
   * service, or on a node that is gone.
   */
  async windowOver(peer: { meetingId: MeetingId; peerId: PeerId; atMs: number }): Promise<void> {
    const { meetingId, peerId, atMs } = peer
    const session = this.#deps.sessions.get(peerId)
    if (session && !session.isAwaySince(atMs)) return
    // First, so that nobody resumes what is being given up; should the next line fail, the retry finds no session.
    if (session) this.#end(session, 'session-unknown')
    const leave = { meetingId, peerId, reason: 'lost', atMs: session?.nowMs() ?? Date.now() } as const
    await this.#deps.messaging.enqueue(MeetingUserLeave, leave)
  }

  /** Ends a session that was never answered or that misbehaves, and gives its seat up. */
  abandon(session: Session, because: ErrorCode, reason: LeaveReason): void {
    if (session.state.at === 'closed') return
    this.close(session, because)
    const leave = { ...session.ids, reason, atMs: session.nowMs() }
    void this.#insist(session, 'leave not recorded', {
      enqueue: () => this.#deps.messaging.enqueue(MeetingUserLeave, leave),
      isNeeded: () => true,
    })
  }

  /** Someone else ended it: the client is told why and its socket closed. */
  dismiss(session: Session, error: AppError, closeCode: number = CloseCode.normal): void {
    const socket = session.state.at === 'live' ? session.socket : null
    this.close(session, error.code)
    // While opening, the pending `session.open` is answered with this error instead.
    socket?.dismiss(error, closeCode)
  }

  /** Idempotent. Tells nobody outside this process. */
  close(session: Session, because: ErrorCode): void {
    if (session.state.at === 'closed') return
    this.socketRegained(session)
    this.#end(session, because)
  }

  #end(session: Session, because: ErrorCode): void {
    session.markClosed(because)
    this.#deps.sessions.remove(session, because)
    this.#deps.localEvents.emit(SessionClosed, session.ids)
  }

  /** The service stops: whoever does not come back to its next run within the window is lost. Resolves when recorded. */
  async suspendAll(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(
      this.#deps.sessions.all().map(session => {
        if (session.state.at === 'away') return session.state.lossTask
        const atMs = session.nowMs()
        const recorded = this.#scheduleLoss(session, atMs)
        session.leaveAway(atMs, recorded)
        return recorded
      }),
    )
  }

  /** The window counts from the loss, also when recording it takes several attempts. */
  #scheduleLoss(session: Session, atMs: number): Promise<TaskId | null> {
    const { messaging, config } = this.#deps
    const loss = { ...session.ids, atMs, change: 'socket-lost' } as const
    const overAt = performance.now() + config.resumeWindowMs
    return this.#insist(session, 'loss not scheduled', {
      enqueue: () => {
        const delayMs = Math.max(0, Math.round(overAt - performance.now()))
        return messaging.enqueue(SignalingConnectionManage, loss, { delayMs })
      },
      isNeeded: () => session.isAwaySince(atMs),
    })
  }

  /**
   * A full queue or disk keeps nobody's seat for ever: tries until the work is accepted, nobody needs it any more, or the
   * service stops, which gets one last attempt. @returns null if it was not accepted
   */
  async #insist(
    session: Session,
    complaint: string,
    { enqueue, isNeeded }: { enqueue: () => Promise<TaskId>; isNeeded: () => boolean },
  ): Promise<TaskId | null> {
    const { signal } = this.#stopping
    for (let failures = 1; ; failures++) {
      const isLastAttempt = signal.aborted
      try {
        return await enqueue()
      } catch (error) {
        this.#deps.log.error({ ...session.ids, failures, code: toAppError(error).code }, complaint)
        if (isLastAttempt) return null
      }
      const waitMs = backoffMs(failures, this.#deps.config.enqueueBackoff)
      // Cut short by the stop
      await delay(waitMs, undefined, { signal, ref: false }).catch(() => {})
      if (!isNeeded()) return null
    }
  }
}
