import type { types } from 'mediasoup'
import { ortc } from 'mediasoup'
import { RtpCapabilities } from '#contracts/rtp.ts'

/**
 * What every router speaks, in the order clients prefer. VP8 first: every machine encodes it, with simulcast. H264 is
 * for hardware that has it (constrained baseline 3.1, RFC 6184), VP9 profile 0 for SVC.
 * `x-google-start-bitrate` in kbps: the first pictures need not wait for bandwidth estimation to climb from 300.
 */
export const mediaCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    parameters: { minptime: 10, useinbandfec: 1, usedtx: 1 },
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000, parameters: { 'x-google-start-bitrate': 1_000 } },
  {
    kind: 'video',
    mimeType: 'video/VP9',
    clockRate: 90_000,
    parameters: { 'profile-id': 0, 'x-google-start-bitrate': 1_000 },
  },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    parameters: {
      'packetization-mode': 1,
      'profile-level-id': '42e01f',
      'level-asymmetry-allowed': 1,
      'x-google-start-bitrate': 1_000,
    },
  },
]

/** What a router with these codecs can do. It follows from the codecs alone, so no router is needed to know it. */
export function toRouterCapabilities(codecs: types.RouterRtpCodecCapability[] = mediaCodecs): RtpCapabilities {
  return RtpCapabilities.parse(ortc.generateRouterRtpCapabilities(structuredClone(codecs)))
}
