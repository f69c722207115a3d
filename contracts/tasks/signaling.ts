import { z } from 'zod'
import { declareTask } from '../definitions.ts'
import { MeetingId, PeerId, TransportId } from '../ids.ts'
import { StreamView } from '../meeting.ts'
import { IceCandidate, IceParameters, RtpCapabilities, TransportOptions } from '../rtp.ts'

/** The four signaling tasks of one peer share a lane, so its answer never overtakes its offer. */
const lane = { laneOf: ({ peerId }: { peerId: PeerId }) => peerId }
const session = { meetingId: MeetingId, peerId: PeerId, atMs: z.number().int() }

/** A client asks to be connected to the SFU. */
export const SignalingWebrtcOffer = declareTask(
  'signaling',
  'signaling_webrtc_offer',
  1,
  z.object({ ...session, path: z.literal('sfu'), rtpCapabilities: RtpCapabilities }),
  lane,
)

/** What both sides of an SFU connection know once media has built its half. */
export const SfuAnswer = z.object({
  sendTransport: TransportOptions,
  recvTransport: TransportOptions,
  streams: z.array(StreamView).max(1_000),
})
export type SfuAnswer = z.infer<typeof SfuAnswer>

/** Media has built its half and answers the client. */
export const SignalingWebrtcAnswer = declareTask(
  'signaling',
  'signaling_webrtc_answer',
  1,
  z.object({ ...session, path: z.literal('sfu'), answer: SfuAnswer }),
  lane,
)

/** New ICE credentials and candidates of one transport, after an ICE restart. */
export const SignalingIceCandidate = declareTask(
  'signaling',
  'signaling_ice_candidate',
  1,
  z.object({
    ...session,
    transportId: TransportId,
    iceParameters: IceParameters,
    iceCandidates: z.array(IceCandidate).max(64),
  }),
  lane,
)

/**
 * A session's connection changed.
 * - `connected` / `disconnected`: media reports DTLS and ICE of the peer's transports.
 * - `socket-lost`: enqueued with a delay when the socket closes; if the peer has not resumed by then, it is gone.
 */
export const SignalingConnectionManage = declareTask(
  'signaling',
  'signaling_connection_manage',
  1,
  z.object({ ...session, change: z.enum(['connected', 'disconnected', 'socket-lost']) }),
  lane,
)
