import type { EndReason } from '#contracts/meeting.ts'
import { IssueGrant, LookUpMeeting, ReadMeeting } from '#contracts/requests/meeting.ts'
import { MeetingEnd, MeetingUserLeave } from '#contracts/tasks/meeting.ts'
import { systemClock } from '../shared/messaging/clock.ts'
import { createLocalEvents } from '../shared/messaging/local-events.ts'
import { issueGrant } from './admission.ts'
import { createMeeting } from './create-meeting.ts'
import { endMeeting } from './end-meeting.ts'
import type { MeetingConfig, MeetingDeps } from './meeting-deps.ts'
import { recordPresence } from './presence-record.ts'
import { lookUpMeeting, readMeeting } from './read-meeting.ts'
import { joinUser } from './user-join.ts'
import { leaveUser } from './user-leave.ts'

export type MeetingServiceOptions = Omit<MeetingDeps, 'localEvents' | 'clock' | 'config'> &
  Partial<Pick<MeetingDeps, 'localEvents' | 'clock'>> & { config?: Partial<MeetingConfig> }

const DEFAULTS: MeetingConfig = { maxParticipants: 50, emptyMeetingGraceMs: 600_000, ownsSessions: true }

/**
 * Who may be in which meeting, who is, and how a meeting's life goes. Its memory is the records and its handlers are
 * messaging's, which others close: it holds nothing itself.
 */
export class MeetingService {
  readonly #deps: MeetingDeps
  readonly #startedAtMs: number

  /** Registers all handlers: call it before `messaging.start()`, and `start` after. */
  static async create(options: MeetingServiceOptions): Promise<MeetingService> {
    const { localEvents = createLocalEvents(), clock = systemClock } = options
    return new MeetingService({ ...options, localEvents, clock, config: { ...DEFAULTS, ...options.config } })
  }

  private constructor(deps: MeetingDeps) {
    this.#deps = deps
    this.#startedAtMs = deps.clock.now()
    const { messaging, records, config } = deps
    messaging.handle(createMeeting(deps))
    messaging.handle(endMeeting(deps))
    messaging.handle(joinUser(deps, config.ownsSessions ? this.#startedAtMs : null))
    messaging.handle(leaveUser(deps))
    messaging.respond(LookUpMeeting, ({ code }) => lookUpMeeting(records, code))
    messaging.respond(IssueGrant, applicant => issueGrant(deps, applicant))
    messaging.respond(ReadMeeting, ({ meetingId }) => readMeeting(records, meetingId))
    recordPresence(deps)
  }

  /**
   * Records that whoever an earlier process left behind is gone. Their clients come back with their grants, and each
   * takes its seat again behind this in the meeting's lane; call it before anyone can connect.
   */
  async start(): Promise<void> {
    const { messaging, records, config, log } = this.#deps
    if (!config.ownsSessions) return
    const stranded = await records.participants.listAllPresent()
    for (const { meetingId, peerId } of stranded) {
      await messaging.enqueue(MeetingUserLeave, { meetingId, peerId, reason: 'lost', atMs: this.#startedAtMs })
    }
    if (stranded.length > 0) log.info({ peers: stranded.length }, 'peers of an earlier process recorded as lost')
  }

  /** Enqueues the end of every meeting that goes on; `messaging.idle()` tells when all have heard. @returns how many */
  async endAllLiveMeetings(reason: EndReason): Promise<number> {
    const { messaging, records, clock } = this.#deps
    const live = await records.meetings.listLive()
    const atMs = clock.now()
    for (const { meetingId } of live) await messaging.enqueue(MeetingEnd, { meetingId, reason, atMs })
    return live.length
  }
}
