import type { types } from 'mediasoup'
import { getSupportedRtpCapabilities } from 'mediasoup'
import { TransportId } from '#contracts/ids.ts'
import { type RtpCapabilities, RtpParameters, type TransportOptions } from '#contracts/rtp.ts'

/**
 * The one place where our parsed shapes become mediasoup's types and back. mediasoup's are narrower in three ways: no
 * explicit `undefined`, only the header extensions it knows, and every capability with a payload type. What it does not
 * know is left out here (a router could not use it); what it does not like it refuses itself.
 */
export function toMediasoupCapabilities({ codecs, headerExtensions }: RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: codecs.flatMap(({ kind, preferredPayloadType, ...codec }) =>
      preferredPayloadType === undefined ? [] : [{ kind, preferredPayloadType, ...toCodec(codec) }],
    ),
    headerExtensions: headerExtensions.flatMap(({ kind, uri, preferredId, preferredEncrypt, direction }) =>
      isKnownExtension(uri)
        ? [
            {
              kind,
              uri,
              preferredId,
              ...(preferredEncrypt ? { preferredEncrypt } : {}),
              ...(direction ? { direction } : {}),
            },
          ]
        : [],
    ),
  }
}

export function toMediasoupParameters(parameters: RtpParameters): types.RtpParameters {
  const { mid, msid, codecs, headerExtensions = [], encodings = [], rtcp } = parameters
  return {
    ...(mid === undefined ? {} : { mid }),
    ...(msid === undefined ? {} : { msid }),
    codecs: codecs.map(({ payloadType, ...codec }) => ({ payloadType, ...toCodec(codec) })),
    headerExtensions: headerExtensions.flatMap(({ uri, id, encrypt, parameters }) =>
      isKnownExtension(uri)
        ? [{ uri, id, ...(encrypt ? { encrypt } : {}), ...(parameters ? { parameters } : {}) }]
        : [],
    ),
    encodings: encodings.map(toEncoding),
    rtcp: {
      ...(rtcp?.cname === undefined ? {} : { cname: rtcp.cname }),
      ...(rtcp?.reducedSize === undefined ? {} : { reducedSize: rtcp.reducedSize }),
    },
  }
}

/** A consumer's parameters as the client gets them. Parsed, because mediasoup types codec parameters as unknown. */
export function toClientParameters(parameters: types.RtpParameters): RtpParameters {
  return RtpParameters.parse(parameters)
}

export function toTransportOptions(transport: types.WebRtcTransport): TransportOptions {
  const { id, iceParameters, iceCandidates, dtlsParameters } = transport
  return { id: TransportId.parse(id), iceParameters, iceCandidates, dtlsParameters }
}

type Capability = RtpCapabilities['codecs'][number]
type Encoding = NonNullable<RtpParameters['encodings']>[number]

function toCodec({
  mimeType,
  clockRate,
  channels,
  parameters,
  rtcpFeedback = [],
}: Omit<Capability, 'kind' | 'preferredPayloadType'>) {
  return {
    mimeType,
    clockRate,
    ...(channels === undefined ? {} : { channels }),
    ...(parameters === undefined ? {} : { parameters }),
    rtcpFeedback: rtcpFeedback.map(({ type, parameter }) => (parameter === undefined ? { type } : { type, parameter })),
  }
}

/** `active`, `priority`, `scaleResolutionDownBy` and the like concern only the sender's encoder. */
function toEncoding(encoding: Encoding): types.RtpEncodingParameters {
  const { ssrc, rid, codecPayloadType, rtx, dtx, scalabilityMode, maxBitrate } = encoding
  return {
    ...(ssrc === undefined ? {} : { ssrc }),
    ...(rid === undefined ? {} : { rid }),
    ...(codecPayloadType === undefined ? {} : { codecPayloadType }),
    ...(rtx === undefined ? {} : { rtx }),
    ...(dtx === undefined ? {} : { dtx }),
    ...(scalabilityMode === undefined ? {} : { scalabilityMode }),
    ...(maxBitrate === undefined ? {} : { maxBitrate }),
  }
}

const knownExtensions: ReadonlySet<string> = new Set(
  getSupportedRtpCapabilities().headerExtensions?.map(({ uri }) => uri),
)

function isKnownExtension(uri: string): uri is types.RtpHeaderExtensionUri {
  return knownExtensions.has(uri)
}
