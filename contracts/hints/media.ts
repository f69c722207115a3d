import { z } from 'zod'
import { defineHint } from '../definitions.ts'
import { MeetingId, PeerId, ProducerId } from '../ids.ts'

/** A producer was paused or resumed by its owner: the mute and camera-off badges. */
export const StreamPaused = defineHint(
  'stream.paused',
  z.object({ meetingId: MeetingId, peerId: PeerId, producerId: ProducerId, paused: z.boolean() }),
)

/** Who speaks now, from mediasoup's ActiveSpeakerObserver; null in silence. */
export const ActiveSpeaker = defineHint('speaker.active', z.object({ meetingId: MeetingId, peerId: PeerId.nullable() }))

/** Loudest peers, from mediasoup's AudioLevelObserver. Volumes in dBov, -127 to 0. An empty list is silence. */
export const SpeakerLevels = defineHint(
  'speaker.levels',
  z.object({
    meetingId: MeetingId,
    levels: z.array(z.object({ peerId: PeerId, volumeDbov: z.number().min(-127).max(0) })).max(64),
  }),
)
