import { randomUUID, webcrypto } from 'node:crypto'
import type { z } from 'zod'
import type { RequestContract } from '#contracts/definitions.ts'
import { CodedError } from '#contracts/errors.ts'
import { MeetingId, type PeerId } from '#contracts/ids.ts'
import { createMeetingCode } from '#contracts/invite.ts'
import {
  CloseProducer,
  ConnectTransport,
  CreateConsumers,
  CreateProducer,
  PauseConsumers,
  PauseProducer,
  ReadRouterCapabilities,
  RestartIce,
  SetPreferredLayers,
} from '#contracts/requests/media.ts'
import { IssueGrant, LookUpMeeting } from '#contracts/requests/meeting.ts'
import { signalingRequests } from '#contracts/signaling/requests.ts'
import { MeetingCreate, MeetingEnd } from '#contracts/tasks/meeting.ts'
import { SignalingWebrtcOffer } from '#contracts/tasks/signaling.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import type { Tokens } from '../shared/tokens/tokens.ts'
import type { PendingMeetings } from './pending-meetings.ts'
import { forAnyone, forSessions, type Route, type Routes } from './request-router.ts'
import type { Session } from './session.ts'
import type { SessionEnding } from './session-ending.ts'
import type { SessionOpening } from './session-opening.ts'

export interface RouteDeps {
  messaging: Messaging
  tokens: Pick<Tokens, 'verifyOwner'>
  opening: SessionOpening
  ending: SessionEnding
  pendingMeetings: PendingMeetings
  createTimeoutMs: number
}

/** How each method of `contracts/signaling/requests.ts` is answered. */
export function createRoutes(deps: RouteDeps): Routes {
  const { messaging, tokens, opening, ending, pendingMeetings, createTimeoutMs } = deps
  const methods = signalingRequests

  /** The media service answers; meeting and peer are the session's, whatever the client claims. */
  function relay<Q extends object, R>(
    method: { request: z.ZodType<Q>; reply: z.ZodType<R> },
    contract: RequestContract<Q & { meetingId: MeetingId; peerId: PeerId }, R>,
    options: { writesDurably?: boolean } = {},
  ): Route {
    const ask = (request: Q, session: Session) => messaging.request(contract, { ...request, ...session.ids })
    return forSessions(method, ask, options)
  }

  return {
    'meeting.create': forAnyone(
      methods['meeting.create'],
      async ({ title, ownerToken }) => {
        const { userId } = await tokens.verifyOwner(ownerToken)
        const meetingId = MeetingId.parse(randomUUID())
        const code = createMeetingCode(bytes => webcrypto.getRandomValues(bytes))
        const task = { meetingId, code, title, createdBy: userId, atMs: Date.now() }
        const create = () => messaging.enqueue(MeetingCreate, task)
        return { meeting: await pendingMeetings.expect(meetingId, createTimeoutMs, create) }
      },
      // Leaves a record, so it is never free.
      { successIsFree: false },
    ),

    'lobby.enter': forAnyone(methods['lobby.enter'], async ({ code }) => {
      const [meeting, { routerRtpCapabilities }] = await Promise.all([
        messaging.request(LookUpMeeting, { code }),
        messaging.request(ReadRouterCapabilities, {}),
      ])
      return { meeting, routerRtpCapabilities }
    }),

    'grant.request': forAnyone(methods['grant.request'], request => messaging.request(IssueGrant, request)),

    'session.open': forAnyone(methods['session.open'], (request, caller) => opening.open(request, caller)),

    'webrtc.offer': forSessions(
      methods['webrtc.offer'],
      async ({ rtpCapabilities }, session) => {
        const offer = { ...session.ids, atMs: session.nowMs(), path: 'sfu', rtpCapabilities } as const
        await messaging.enqueue(SignalingWebrtcOffer, offer)
        return {}
      },
      { writesDurably: true },
    ),

    'transport.connect': relay(methods['transport.connect'], ConnectTransport),
    'transport.restartIce': relay(methods['transport.restartIce'], RestartIce, { writesDurably: true }),
    'producer.create': relay(methods['producer.create'], CreateProducer, { writesDurably: true }),
    'producer.pause': relay(methods['producer.pause'], PauseProducer),
    'producer.close': relay(methods['producer.close'], CloseProducer, { writesDurably: true }),
    'consumer.create': relay(methods['consumer.create'], CreateConsumers),
    'consumer.pause': relay(methods['consumer.pause'], PauseConsumers),
    'consumer.setPreferredLayers': relay(methods['consumer.setPreferredLayers'], SetPreferredLayers),

    'session.leave': forSessions(methods['session.leave'], async (_, session) => {
      await ending.leave(session)
      return {}
    }),

    'meeting.end': forSessions(
      methods['meeting.end'],
      async (_, session) => {
        if (session.claims.role !== 'host')
          throw new CodedError('forbidden', 'Only the host can end the meeting for everyone.')
        const { meetingId } = session.ids
        await messaging.enqueue(MeetingEnd, { meetingId, reason: 'host-ended', atMs: Date.now() })
        return {}
      },
      { writesDurably: true },
    ),
  }
}
