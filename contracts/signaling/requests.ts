import { z } from 'zod'
import { ConsumerId, MeetingCode, PeerId, ProducerId, TransportId, UserId } from '../ids.ts'
import { ConsumerOptions, DisplayName, MeetingTitle, MeetingView, PeerView, Role } from '../meeting.ts'
import { DtlsParameters, MediaKind, RtpCapabilities, RtpParameters, Source } from '../rtp.ts'

const done = z.object({})
const token = z.string().min(1).max(4_096)

/**
 * What a client may ask of signaling, by method name. Those above the line need no session;
 * the others act for the session that `session.open` bound to this socket.
 */
export const signalingRequests = {
  /** Creates a meeting. Needs an owner token of this server. */
  'meeting.create': {
    request: z.object({ title: MeetingTitle, ownerToken: token }),
    reply: z.object({ meeting: MeetingView }),
  },

  /** Looks a code up before anybody is asked for a camera. */
  'lobby.enter': {
    request: z.object({ code: MeetingCode }),
    reply: z.object({ meeting: MeetingView, routerRtpCapabilities: RtpCapabilities }),
  },

  /** Trades the code and a name for a short-lived grant to one seat. */
  'grant.request': {
    request: z.object({ code: MeetingCode, displayName: DisplayName, ownerToken: token.optional() }),
    reply: z.object({ token, userId: UserId, expiresAtMs: z.number().int() }),
  },

  /**
   * Takes the seat that the grant names. With the `resumeKey` of an earlier open, the same grant takes the seat
   * again on a new socket. The same grant twice without it is `already-joined`.
   */
  'session.open': {
    request: z.object({ token, resumeKey: z.string().max(128).optional() }),
    reply: z.object({
      peerId: PeerId,
      userId: UserId,
      displayName: DisplayName,
      role: Role,
      resumeKey: z.string(),
      resumed: z.boolean(),
      meeting: MeetingView,
      peers: z.array(PeerView),
    }),
  },

  // ---- with a session ----

  /** The answer arrives as the notification `webrtc.answer`. */
  'webrtc.offer': { request: z.object({ rtpCapabilities: RtpCapabilities }), reply: done },
  'transport.connect': {
    request: z.object({ transportId: TransportId, dtlsParameters: DtlsParameters }),
    reply: done,
  },
  /** New credentials arrive as the notification `webrtc.ice_candidate`. */
  'transport.restartIce': { request: z.object({ transportId: TransportId }), reply: done },
  'producer.create': {
    request: z.object({
      transportId: TransportId,
      kind: MediaKind,
      source: Source,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
    }),
    reply: z.object({ producerId: ProducerId }),
  },
  'producer.pause': { request: z.object({ producerId: ProducerId, paused: z.boolean() }), reply: done },
  'producer.close': { request: z.object({ producerId: ProducerId }), reply: done },
  'consumer.create': {
    request: z.object({ producerIds: z.array(ProducerId).min(1).max(200) }),
    reply: z.object({
      consumers: z.array(ConsumerOptions),
      refused: z.array(z.object({ producerId: ProducerId, code: z.string() })),
    }),
  },
  'consumer.pause': {
    request: z.object({ consumerIds: z.array(ConsumerId).min(1).max(200), paused: z.boolean() }),
    reply: done,
  },
  'consumer.setPreferredLayers': {
    request: z.object({
      consumerId: ConsumerId,
      spatialLayer: z.number().int().min(0).max(3),
      temporalLayer: z.number().int().min(0).max(3).optional(),
    }),
    reply: done,
  },
  /** Gives the seat up. */
  'session.leave': { request: z.object({}), reply: done },
  /** Ends the meeting for everyone. Host only. */
  'meeting.end': { request: z.object({}), reply: done },
} as const

export type SignalingRequests = typeof signalingRequests
export type SignalingMethod = keyof SignalingRequests
export type SignalingRequest<M extends SignalingMethod> = z.infer<SignalingRequests[M]['request']>
export type SignalingReply<M extends SignalingMethod> = z.infer<SignalingRequests[M]['reply']>
