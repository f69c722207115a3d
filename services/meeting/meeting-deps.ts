import type { Log } from '../shared/log/log.ts'
import type { Clock } from '../shared/messaging/clock.ts'
import type { LocalEvents } from '../shared/messaging/local-events.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import type { Records } from '../shared/records/records.ts'
import type { Tokens } from '../shared/tokens/tokens.ts'

export interface MeetingConfig {
  /** Seats in one meeting. */
  maxParticipants: number
  /** How long a meeting waits after the last one left before it ends by itself. */
  emptyMeetingGraceMs: number
  /**
   * True when the sessions of all peers live and die with this process, as when signaling runs in it and nowhere else.
   * Whoever was present before it started is then gone, and is recorded so.
   */
  ownsSessions: boolean
}

export interface MeetingDeps {
  messaging: Messaging
  records: Records
  tokens: Pick<Tokens, 'signGrant' | 'verifyOwner'>
  localEvents: LocalEvents
  log: Log
  clock: Pick<Clock, 'now'>
  config: MeetingConfig
}
