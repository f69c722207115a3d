import { z } from 'zod'
import { defineEvent, defineLocalEvent } from '../definitions.ts'
import { MeetingId, PeerId, ProducerId } from '../ids.ts'
import { MediaKind, Source } from '../rtp.ts'

const channel = 'media_events'
const stream = {
  meetingId: MeetingId,
  peerId: PeerId,
  producerId: ProducerId,
  source: Source,
  kind: MediaKind,
  atMs: z.number().int(),
}

export const StreamStarted = defineEvent(channel, 'stream.started', 1, z.object({ ...stream, paused: z.boolean() }))
export const StreamStopped = defineEvent(channel, 'stream.stopped', 1, z.object(stream))

/** Inside the media service's process only. */
export const StreamStartedLocally = defineLocalEvent('stream_started', z.object(stream))
export const StreamStoppedLocally = defineLocalEvent('stream_stopped', z.object(stream))
