import type { RefCallback } from 'react'
import type { PeerId } from '#contracts/ids.ts'
import { useTrack } from '../media/use-track.ts'
import { useCall } from './call-context.tsx'
import { selectTrack } from './selectors.ts'

/** For a `<video autoPlay muted playsInline>`: shows the peer's camera or screen while there is one. */
export function usePeerVideo(peerId: PeerId, source: 'cam' | 'screen'): RefCallback<HTMLVideoElement> {
  return useTrack<HTMLVideoElement>(useCall(selectTrack(peerId, source)))
}
