import { RtpCapabilities, RtpParameters } from '#contracts/rtp.ts'
import { toRouterCapabilities } from './codecs.ts'

/** What a browser would offer, as small as it can be; for tests. */

export const clientCapabilities: RtpCapabilities = toRouterCapabilities()
export const vp8OnlyCapabilities: RtpCapabilities = RtpCapabilities.parse({
  codecs: clientCapabilities.codecs.filter(
    ({ mimeType, preferredPayloadType }) => mimeType === 'video/VP8' && preferredPayloadType,
  ),
  headerExtensions: clientCapabilities.headerExtensions,
})

export const AUDIO_LEVEL_EXTENSION_ID = 10
export const AUDIO_PAYLOAD_TYPE = 111

export function micParameters(mid: string, ssrc: number): RtpParameters {
  return RtpParameters.parse({
    mid,
    codecs: [
      {
        mimeType: 'audio/opus',
        payloadType: AUDIO_PAYLOAD_TYPE,
        clockRate: 48_000,
        channels: 2,
        parameters: { useinbandfec: 1, usedtx: 1, minptime: 10 },
        rtcpFeedback: [{ type: 'transport-cc' }],
      },
    ],
    headerExtensions: [{ uri: 'urn:ietf:params:rtp-hdrext:ssrc-audio-level', id: AUDIO_LEVEL_EXTENSION_ID }],
    encodings: [{ ssrc }],
    rtcp: { cname: 'test' },
  })
}

/** Three simulcast layers, told apart by rid. */
export function camParameters(mid: string): RtpParameters {
  return RtpParameters.parse({
    mid,
    codecs: [
      {
        mimeType: 'video/VP8',
        payloadType: 96,
        clockRate: 90_000,
        rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }, { type: 'transport-cc' }],
      },
      { mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 96 } },
    ],
    headerExtensions: [
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', id: 4 },
      { uri: 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id', id: 5 },
      { uri: 'urn:example:unknown-extension', id: 6 },
    ],
    encodings: ['r0', 'r1', 'r2'].map(rid => ({ rid, scalabilityMode: 'L1T3', maxBitrate: 500_000, active: true })),
    rtcp: { cname: 'test', reducedSize: true, mux: true },
  })
}

/** An Opus packet of 20 ms (RFC 3550) with its level in a one-byte header extension (RFC 8285, RFC 6464). */
export function opusPacket({ ssrc, index, levelDbov }: { ssrc: number; index: number; levelDbov: number }): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt8(0b1001_0000, 0) // version 2, with an extension
  header.writeUInt8(AUDIO_PAYLOAD_TYPE, 1)
  header.writeUInt16BE((1_000 + index) & 0xffff, 2)
  header.writeUInt32BE(index * 960, 4)
  header.writeUInt32BE(ssrc, 8)
  header.writeUInt16BE(0xbede, 12)
  header.writeUInt16BE(1, 14) // in words of 32 bits
  header.writeUInt8(AUDIO_LEVEL_EXTENSION_ID << 4, 16)
  header.writeUInt8(0x80 | (-levelDbov & 0x7f), 17) // voice
  return Buffer.concat([header, Buffer.from([0xfc, 0xff, 0xfe])])
}
