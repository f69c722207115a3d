import { z } from 'zod'
import { TransportId } from './ids.ts'

/**
 * RTP, ICE and DTLS shapes as mediasoup and mediasoup-client exchange them (ORTC dictionaries).
 * Bounds keep a hostile client from making the router chew on megabytes; mediasoup checks the meaning.
 */
const codecParameters = z.record(z.string().max(64), z.union([z.string().max(512), z.number()]))
const rtcpFeedback = z.array(z.object({ type: z.string().max(32), parameter: z.string().max(32).optional() })).max(32)
const mimeType = z.string().regex(/^(audio|video)\/[\w.+-]{1,32}$/)
const payloadType = z.number().int().min(0).max(127)
const ssrc = z.number().int().min(0).max(0xffff_ffff)

export const MediaKind = z.enum(['audio', 'video'])
export type MediaKind = z.infer<typeof MediaKind>

/** What a producer carries. */
export const Source = z.enum(['mic', 'cam', 'screen'])
export type Source = z.infer<typeof Source>

export const RtpCapabilities = z.object({
  codecs: z
    .array(
      z.object({
        kind: MediaKind,
        mimeType,
        preferredPayloadType: payloadType.optional(),
        clockRate: z.number().int().positive(),
        channels: z.number().int().min(1).max(8).optional(),
        parameters: codecParameters.optional(),
        rtcpFeedback: rtcpFeedback.optional(),
      }),
    )
    .max(64),
  headerExtensions: z
    .array(
      z.object({
        kind: MediaKind,
        uri: z.string().max(256),
        preferredId: z.number().int().min(1).max(255),
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(64),
})
export type RtpCapabilities = z.infer<typeof RtpCapabilities>

export const RtpParameters = z.object({
  mid: z.string().max(32).optional(),
  msid: z.string().max(256).optional(),
  codecs: z
    .array(
      z.object({
        mimeType,
        payloadType,
        clockRate: z.number().int().positive(),
        channels: z.number().int().min(1).max(8).optional(),
        parameters: codecParameters.optional(),
        rtcpFeedback: rtcpFeedback.optional(),
      }),
    )
    .min(1)
    .max(16),
  headerExtensions: z
    .array(
      z.object({
        uri: z.string().max(256),
        id: z.number().int().min(1).max(255),
        encrypt: z.boolean().optional(),
        parameters: codecParameters.optional(),
      }),
    )
    .max(32)
    .optional(),
  encodings: z
    .array(
      z.object({
        ssrc: ssrc.optional(),
        rid: z.string().max(16).optional(),
        codecPayloadType: payloadType.optional(),
        rtx: z.object({ ssrc }).optional(),
        dtx: z.boolean().optional(),
        scalabilityMode: z.string().max(16).optional(),
        scaleResolutionDownBy: z.number().min(1).max(64).optional(),
        maxBitrate: z.number().int().positive().optional(),
        maxFramerate: z.number().positive().max(240).optional(),
        active: z.boolean().optional(),
        priority: z.string().max(16).optional(),
        networkPriority: z.string().max(16).optional(),
      }),
    )
    .max(8)
    .optional(),
  rtcp: z
    .object({ cname: z.string().max(256).optional(), reducedSize: z.boolean().optional(), mux: z.boolean().optional() })
    .optional(),
})
export type RtpParameters = z.infer<typeof RtpParameters>

export const IceParameters = z.object({
  usernameFragment: z.string().max(256),
  password: z.string().max(256),
  iceLite: z.boolean().optional(),
})
export type IceParameters = z.infer<typeof IceParameters>

export const IceCandidate = z.object({
  foundation: z.string().max(64),
  priority: z.number().int().nonnegative(),
  address: z.string().max(253),
  ip: z.string().max(253).optional(),
  protocol: z.enum(['udp', 'tcp']),
  port: z.number().int().min(0).max(65_535),
  type: z.enum(['host', 'srflx', 'prflx', 'relay']),
  tcpType: z.enum(['active', 'passive', 'so']).optional(),
})
export type IceCandidate = z.infer<typeof IceCandidate>

export const DtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().max(256),
      }),
    )
    .min(1)
    .max(8),
})
export type DtlsParameters = z.infer<typeof DtlsParameters>

/** What the client needs to build its half of one WebRTC transport. */
export const TransportOptions = z.object({
  id: TransportId,
  iceParameters: IceParameters,
  iceCandidates: z.array(IceCandidate).max(64),
  dtlsParameters: DtlsParameters,
})
export type TransportOptions = z.infer<typeof TransportOptions>
