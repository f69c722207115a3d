import type { types } from 'mediasoup'
import type { Source } from '#contracts/rtp.ts'

/**
 * Which simulcast layer to begin with, before the client has said how large it shows the picture. In a small meeting the
 * best that the network carries; the more pictures, the smaller each is shown.
 * @param streamCount streams in the room, of any kind
 * @returns undefined for the best
 */
export function startingLayers(source: Source, streamCount: number): types.ConsumerLayers | undefined {
  if (source !== 'cam') return undefined
  // About two streams a person: a voice and a face
  if (streamCount <= 8) return undefined
  return { spatialLayer: streamCount <= 18 ? 1 : 0 }
}
