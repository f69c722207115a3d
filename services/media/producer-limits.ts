import { CodedError } from '#contracts/errors.ts'
import type { MediaKind, RtpParameters, Source } from '#contracts/rtp.ts'

/** What each source carries. Screen audio would be a source of its own. */
const kindOf: Record<Source, MediaKind> = { mic: 'audio', cam: 'video', screen: 'video' }

/** Three simulcast layers and one to spare. */
const MAX_ENCODINGS = 4
const MAX_SPATIAL_LAYERS = 3
const MAX_TEMPORAL_LAYERS = 3
/** Far above any camera; it only has to fit the worker's 32-bit integers. */
const MAX_BITRATE_BPS = 50_000_000

/**
 * What mediasoup would accept and then regret: the wrong kind for a source, values that contradict each other, and layer
 * counts that make the worker allocate for ninety-nine of them.
 * @throws {CodedError} `media-rejected`
 */
export function checkProducer(
  source: Source,
  kind: MediaKind,
  { codecs, encodings = [], headerExtensions = [] }: RtpParameters,
): void {
  if (kindOf[source] !== kind) throw rejected(`A ${source} carries ${kindOf[source]}, not ${kind}.`)
  if (codecs.some(({ mimeType }) => !mimeType.startsWith(`${kind}/`))) throw rejected(`A codec is not of kind ${kind}.`)
  if (encodings.length > MAX_ENCODINGS) throw rejected(`At most ${MAX_ENCODINGS} encodings are allowed.`)
  if (kind === 'audio' && encodings.length > 1) throw rejected('Audio has one encoding.')
  requireUnique(
    'payload type',
    codecs.map(({ payloadType }) => payloadType),
  )
  requireUnique(
    'header extension id',
    headerExtensions.map(({ id }) => id),
  )
  requireUnique(
    'rid',
    encodings.flatMap(({ rid }) => rid ?? []),
  )
  requireUnique(
    'ssrc',
    encodings.flatMap(({ ssrc, rtx }) => [...(ssrc ? [ssrc] : []), ...(rtx ? [rtx.ssrc] : [])]),
  )
  for (const { scalabilityMode, maxBitrate = 0 } of encodings) {
    if (scalabilityMode !== undefined) requireSaneLayers(scalabilityMode)
    if (maxBitrate > MAX_BITRATE_BPS) throw rejected(`An encoding may have at most ${MAX_BITRATE_BPS} bps.`)
  }
}

/** @param mode as in WebRTC-SVC, e.g. L3T3_KEY or S3T3 */
function requireSaneLayers(mode: string): void {
  const [, spatial, temporal] = /^[LS](\d{1,2})T(\d{1,2})(?:h|_KEY(?:_SHIFT)?)?$/.exec(mode) ?? []
  const isSane = Number(spatial) <= MAX_SPATIAL_LAYERS && Number(temporal) <= MAX_TEMPORAL_LAYERS
  if (!isSane)
    throw rejected(`The scalability mode may have at most ${MAX_SPATIAL_LAYERS} × ${MAX_TEMPORAL_LAYERS} layers.`)
}

function requireUnique(what: string, values: readonly (string | number)[]): void {
  if (new Set(values).size !== values.length) throw rejected(`The same ${what} is used twice.`)
}

function rejected(message: string): CodedError {
  return new CodedError('media-rejected', message)
}
