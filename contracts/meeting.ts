import { z } from 'zod'
import { ConsumerId, MeetingCode, MeetingId, PeerId, ProducerId, UserId } from './ids.ts'
import { MediaKind, RtpParameters, Source } from './rtp.ts'

/** What meetings, people and streams look like to everyone who may see them. */
export const Role = z.enum(['host', 'participant'])
export type Role = z.infer<typeof Role>

/** What people may call themselves: 1 to 60 characters, trimmed, no control characters. */
export const DisplayName = z
  .string()
  .trim()
  .min(1, 'a name is needed')
  .max(60, 'a name has at most 60 characters')
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'a name has no control characters')
export type DisplayName = z.infer<typeof DisplayName>

export const MeetingTitle = z.string().trim().min(1).max(120)
export type MeetingTitle = z.infer<typeof MeetingTitle>

export const MeetingView = z.object({
  meetingId: MeetingId,
  code: MeetingCode,
  title: MeetingTitle,
  state: z.enum(['created', 'started', 'ended']),
  startedAtMs: z.number().int().nullable(),
  participantCount: z.number().int().nonnegative(),
})
export type MeetingView = z.infer<typeof MeetingView>

export const PeerView = z.object({
  peerId: PeerId,
  userId: UserId,
  displayName: DisplayName,
  role: Role,
  joinedAtMs: z.number().int(),
})
export type PeerView = z.infer<typeof PeerView>

/** One producer as the other peers see it. */
export const StreamView = z.object({
  producerId: ProducerId,
  peerId: PeerId,
  source: Source,
  kind: MediaKind,
  paused: z.boolean(),
})
export type StreamView = z.infer<typeof StreamView>

/** What the client passes to `recvTransport.consume()`, and whose stream it is. */
export const ConsumerOptions = z.object({
  consumerId: ConsumerId,
  producerId: ProducerId,
  peerId: PeerId,
  source: Source,
  kind: MediaKind,
  rtpParameters: RtpParameters,
  producerPaused: z.boolean(),
})
export type ConsumerOptions = z.infer<typeof ConsumerOptions>

export const LeaveReason = z.enum(['left', 'lost', 'removed', 'ended'])
export type LeaveReason = z.infer<typeof LeaveReason>

export const EndReason = z.enum(['host-ended', 'host-quit', 'everyone-left'])
export type EndReason = z.infer<typeof EndReason>
