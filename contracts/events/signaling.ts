import { z } from 'zod'
import { defineEvent, defineLocalEvent } from '../definitions.ts'
import { MeetingId, PeerId, TransportId } from '../ids.ts'
import { IceCandidate, IceParameters, RtpCapabilities } from '../rtp.ts'
import { SfuAnswer } from '../tasks/signaling.ts'

const channel = 'signaling_events'
const session = { meetingId: MeetingId, peerId: PeerId, atMs: z.number().int() }

export const WebrtcOffer = defineEvent(
  channel,
  'webrtc.offer',
  1,
  z.object({ ...session, path: z.literal('sfu'), rtpCapabilities: RtpCapabilities }),
)

export const WebrtcAnswer = defineEvent(
  channel,
  'webrtc.answer',
  1,
  z.object({ ...session, path: z.literal('sfu'), answer: SfuAnswer }),
)

export const WebrtcIceCandidate = defineEvent(
  channel,
  'webrtc.ice_candidate',
  1,
  z.object({
    ...session,
    transportId: TransportId,
    iceParameters: IceParameters,
    iceCandidates: z.array(IceCandidate).max(64),
  }),
)

export const WebrtcConnected = defineEvent(channel, 'webrtc.connected', 1, z.object(session))
export const WebrtcDisconnected = defineEvent(channel, 'webrtc.disconnected', 1, z.object(session))

/** Inside the signaling service's process only. */
export const SessionCreated = defineLocalEvent('session_created', z.object({ meetingId: MeetingId, peerId: PeerId }))
export const SessionClosed = defineLocalEvent('session_closed', z.object({ meetingId: MeetingId, peerId: PeerId }))
export const IceCandidateAdded = defineLocalEvent(
  'ice_candidate_added',
  z.object({ meetingId: MeetingId, peerId: PeerId, transportId: TransportId }),
)
