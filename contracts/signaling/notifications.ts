import { z } from 'zod'
import { AppError } from '../errors.ts'
import { PeerId, ProducerId, TransportId } from '../ids.ts'
import { EndReason, LeaveReason, PeerView, StreamView } from '../meeting.ts'
import { IceCandidate, IceParameters } from '../rtp.ts'
import { SfuAnswer } from '../tasks/signaling.ts'

/** What signaling tells a client without being asked, by method name. */
export const signalingNotifications = {
  'peer.joined': z.object({ peer: PeerView }),
  'peer.left': z.object({ peerId: PeerId, reason: LeaveReason }),
  'webrtc.answer': SfuAnswer,
  'webrtc.ice_candidate': z.object({
    transportId: TransportId,
    iceParameters: IceParameters,
    iceCandidates: z.array(IceCandidate),
  }),
  'stream.started': z.object({ stream: StreamView }),
  'stream.stopped': z.object({ producerId: ProducerId, peerId: PeerId }),
  'stream.paused': z.object({ producerId: ProducerId, peerId: PeerId, paused: z.boolean() }),
  'speaker.active': z.object({ peerId: PeerId.nullable() }),
  'speaker.levels': z.object({ levels: z.array(z.object({ peerId: PeerId, volumeDbov: z.number() })) }),
  'meeting.ended': z.object({ reason: EndReason }),
  /** The last word before the server closes this socket, and why. */
  'session.closed': z.object({ error: AppError }),
} as const

export type SignalingNotifications = typeof signalingNotifications
export type NotificationMethod = keyof SignalingNotifications
export type NotificationData<M extends NotificationMethod> = z.infer<SignalingNotifications[M]>
