import { failedEventOf } from '#contracts/definitions.ts'
import { CodedError } from '#contracts/errors.ts'
import { StreamStarted, StreamStopped } from '#contracts/events/media.ts'
import { MeetingCreated, MeetingEnded, MeetingStarted, UserJoined, UserLeft } from '#contracts/events/meeting.ts'
import { IceCandidateAdded, WebrtcAnswer, WebrtcIceCandidate } from '#contracts/events/signaling.ts'
import { ActiveSpeaker, SpeakerLevels, StreamPaused } from '#contracts/hints/media.ts'
import { MeetingCreate, MeetingUserJoin } from '#contracts/tasks/meeting.ts'
import type { Log } from '../shared/log/log.ts'
import type { LocalEvents } from '../shared/messaging/local-events.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import { toNotificationFrame } from './frames.ts'
import type { PendingMeetings } from './pending-meetings.ts'
import type { SessionEnding } from './session-ending.ts'
import type { SessionTable } from './session-table.ts'

export interface SubscriptionDeps {
  messaging: Messaging
  localEvents: LocalEvents
  sessions: SessionTable
  ending: SessionEnding
  pendingMeetings: PendingMeetings
  log: Log
}

/** Every node hears of everything and tells the clients whose sockets it holds. */
const each = { delivery: 'each' } as const

/** @returns stops listening to hints; durable subscriptions live as long as the messaging */
export function subscribeToEvents(deps: SubscriptionDeps): () => void {
  subscribeToMeetings(deps)
  subscribeToConnections(deps)
  return subscribeToMedia(deps)
}

function subscribeToMeetings({ messaging, sessions, ending, pendingMeetings, log }: SubscriptionDeps): void {
  messaging.subscribe(
    'signaling',
    MeetingCreated,
    ({ meetingId, code, title }) =>
      pendingMeetings.created({ meetingId, code, title, state: 'created', startedAtMs: null, participantCount: 0 }),
    each,
  )
  messaging.subscribe(
    'signaling',
    failedEventOf(MeetingCreate),
    ({ payload, code, message }) => pendingMeetings.failed(payload.meetingId, new CodedError(code, message)),
    each,
  )
  messaging.subscribe(
    'signaling',
    MeetingStarted,
    ({ meetingId }) => log.info({ meetingId, sessions: sessions.in(meetingId).length }, 'meeting started'),
    each,
  )
  messaging.subscribe(
    'signaling',
    MeetingEnded,
    ({ meetingId, reason }) => {
      const frame = toNotificationFrame('meeting.ended', { reason })
      const seated = sessions.in(meetingId)
      for (const session of seated) {
        session.notify(frame)
        ending.close(session, 'meeting-ended')
      }
      log.info({ meetingId, reason, sessions: seated.length }, 'meeting ended')
    },
    each,
  )
  messaging.subscribe(
    'signaling',
    UserJoined,
    ({ meetingId, peerId, userId, displayName, role, atMs }) => {
      const frame = toNotificationFrame('peer.joined', {
        peer: { peerId, userId, displayName, role, joinedAtMs: atMs },
      })
      for (const session of sessions.in(meetingId)) if (session.ids.peerId !== peerId) session.notify(frame)
    },
    each,
  )
  messaging.subscribe(
    'signaling',
    failedEventOf(MeetingUserJoin),
    ({ payload, code, message }) => {
      const session = sessions.get(payload.peerId)
      // The join of an earlier run's session may fail only now; the one that has its seat now has a join of its own.
      if (session?.openedAtMs === payload.atMs) ending.dismiss(session, { code, message: message.slice(0, 500) })
    },
    each,
  )
  messaging.subscribe(
    'signaling',
    UserLeft,
    ({ meetingId, peerId, reason, atMs }) => {
      const frame = toNotificationFrame('peer.left', { peerId, reason })
      for (const session of sessions.in(meetingId)) if (session.ids.peerId !== peerId) session.notify(frame)
      const own = sessions.get(peerId)
      // With `ended`, `meeting.ended` is about to say so to everyone.
      if (!own || reason === 'ended') return
      // A session of an earlier run left; this one has taken the same seat since.
      if (own.openedAtMs > atMs) return
      ending.dismiss(
        own,
        reason === 'removed'
          ? { code: 'forbidden', message: 'You were removed from this meeting.' }
          : { code: 'session-unknown', message: 'Your seat in this meeting was given up. Join again with the link.' },
      )
    },
    each,
  )
}

function subscribeToConnections({ messaging, localEvents, sessions }: SubscriptionDeps): void {
  messaging.subscribe(
    'signaling',
    WebrtcAnswer,
    ({ peerId, answer }) => sessions.get(peerId)?.notify(toNotificationFrame('webrtc.answer', answer)),
    each,
  )
  messaging.subscribe(
    'signaling',
    WebrtcIceCandidate,
    ({ meetingId, peerId, transportId, iceParameters, iceCandidates }) => {
      const session = sessions.get(peerId)
      if (!session) return
      session.notify(toNotificationFrame('webrtc.ice_candidate', { transportId, iceParameters, iceCandidates }))
      localEvents.emit(IceCandidateAdded, { meetingId, peerId, transportId })
    },
    each,
  )
}

function subscribeToMedia({ messaging, sessions }: SubscriptionDeps): () => void {
  messaging.subscribe(
    'signaling',
    StreamStarted,
    ({ meetingId, peerId, producerId, source, kind, paused }) => {
      const frame = toNotificationFrame('stream.started', { stream: { producerId, peerId, source, kind, paused } })
      for (const session of sessions.in(meetingId)) if (session.ids.peerId !== peerId) session.notify(frame)
    },
    each,
  )
  messaging.subscribe(
    'signaling',
    StreamStopped,
    ({ meetingId, peerId, producerId }) => {
      const frame = toNotificationFrame('stream.stopped', { producerId, peerId })
      for (const session of sessions.in(meetingId)) if (session.ids.peerId !== peerId) session.notify(frame)
    },
    each,
  )
  const unsubscribes = [
    // A state, unlike the two below: nothing newer may follow for minutes, so it is kept for a client that is away.
    messaging.onHint(StreamPaused, ({ meetingId, peerId, producerId, paused }) => {
      const frame = toNotificationFrame('stream.paused', { producerId, peerId, paused })
      for (const session of sessions.in(meetingId)) if (session.ids.peerId !== peerId) session.notify(frame)
    }),
    messaging.onHint(ActiveSpeaker, ({ meetingId, peerId }) => {
      const frame = toNotificationFrame('speaker.active', { peerId })
      for (const session of sessions.in(meetingId)) session.mention(frame)
    }),
    messaging.onHint(SpeakerLevels, ({ meetingId, levels }) => {
      const frame = toNotificationFrame('speaker.levels', { levels })
      for (const session of sessions.in(meetingId)) session.mention(frame)
    }),
  ]
  return () => {
    for (const unsubscribe of unsubscribes) unsubscribe()
  }
}
