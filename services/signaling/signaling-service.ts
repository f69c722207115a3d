import type { Server } from 'node:https'
import type { z } from 'zod'
import { SessionClosed, SessionCreated } from '#contracts/events/signaling.ts'
import type { Log } from '../shared/log/log.ts'
import { createLocalEvents, type LocalEvents } from '../shared/messaging/local-events.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import type { Tokens } from '../shared/tokens/tokens.ts'
import { subscribeToEvents } from './event-subscriptions.ts'
import { PendingMeetings } from './pending-meetings.ts'
import { AddressLimits, SessionLimits } from './rate-limit.ts'
import { RequestRouter } from './request-router.ts'
import { createRoutes } from './routes.ts'
import { SessionEnding } from './session-ending.ts'
import { SessionOpening } from './session-opening.ts'
import { SessionTable } from './session-table.ts'
import { SignalingConfig } from './signaling-config.ts'
import { SocketListener } from './socket-listener.ts'
import { handleTasks } from './task-handlers.ts'

export interface SignalingDeps {
  messaging: Messaging
  tokens: Pick<Tokens, 'verifyGrant' | 'verifyOwner'>
  /** Its `upgrade` is answered here; everything else stays its owner's. */
  server: Server
  log: Log
  config?: z.input<typeof SignalingConfig>
}

interface SignalingParts {
  localEvents: LocalEvents
  sessions: SessionTable
  listener: SocketListener
  ending: SessionEnding
  stopHints: () => void
}

/** Sockets, sessions and the routing of requests between clients and the other services; see docs/signaling.md. */
export class SignalingService {
  /** `session_created`, `session_closed`, `ice_candidate_added`, in this process only. */
  readonly localEvents: LocalEvents
  readonly #sessions: SessionTable
  readonly #listener: SocketListener
  readonly #ending: SessionEnding
  readonly #stopHints: () => void
  #closing: Promise<void> | null = null

  /** Registers its handlers: call before `messaging.start()`. */
  static async create({ messaging, tokens, server, log: parentLog, config }: SignalingDeps): Promise<SignalingService> {
    const parsed = SignalingConfig.parse(config ?? {})
    const log = parentLog.child({ service: 'signaling' })
    const localEvents = createLocalEvents({
      onError: (name, error) => log.error({ event: name, err: error }, 'local listener failed'),
    })
    const sessions = new SessionTable()
    const pendingMeetings = new PendingMeetings()
    const ending = new SessionEnding({ messaging, localEvents, sessions, config: parsed, log })
    const opening = new SessionOpening({ messaging, tokens, localEvents, sessions, ending })
    const { createTimeoutMs } = parsed
    const routes = createRoutes({ messaging, tokens, opening, ending, pendingMeetings, createTimeoutMs })
    const now = () => performance.now()
    const router = new RequestRouter(routes, {
      addresses: new AddressLimits(parsed.addressRate, now),
      sessions: new SessionLimits(parsed.durableRate, now),
    })

    handleTasks({ messaging, ending })
    const stopHints = subscribeToEvents({ messaging, localEvents, sessions, ending, pendingMeetings, log })
    localEvents.on(SessionCreated, ids => log.info({ ...ids, sessions: sessions.size }, 'session created'))
    localEvents.on(SessionClosed, ids => log.info({ ...ids, sessions: sessions.size }, 'session closed'))

    const listener = new SocketListener(server, { router, ending, config: parsed, log })
    return new SignalingService({ localEvents, sessions, listener, ending, stopHints })
  }

  private constructor({ localEvents, sessions, listener, ending, stopHints }: SignalingParts) {
    this.localEvents = localEvents
    this.#sessions = sessions
    this.#listener = listener
    this.#ending = ending
    this.#stopHints = stopHints
  }

  /** For metrics. */
  get status(): { sockets: number; sessions: number } {
    return { sockets: this.#listener.size, sessions: this.#sessions.size }
  }

  /**
   * Tells every client that the service stops and closes the sockets, by force at the deadline. Idempotent.
   * Seats are kept for the resume window, in case this is a restart; end the meetings first if it is not.
   */
  close({ deadlineMs = 5_000 }: { deadlineMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(deadlineMs)
    return this.#closing
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#stopHints()
    // Before the sockets close: their loss is recorded once, while messaging still takes work.
    const suspended = this.#ending.suspendAll()
    await Promise.all([suspended, this.#listener.close(deadlineMs)])
  }
}
