import { type RefCallback, useCallback } from 'react'
import type { PeerId } from '#contracts/ids.ts'
import { useTrack } from '../media/use-track.ts'
import { useCall, useJoinTimeline } from './call-context.tsx'
import { selectTrack } from './selectors.ts'

/** For a `<video autoPlay muted playsInline>`: shows the peer's camera or screen while there is one. */
export function usePeerVideo(peerId: PeerId, source: 'cam' | 'screen'): RefCallback<HTMLVideoElement> {
  const attach = useTrack<HTMLVideoElement>(useCall(selectTrack(peerId, source)))
  const timeline = useJoinTimeline()
  return useCallback(
    (element: HTMLVideoElement | null) => {
      element?.requestVideoFrameCallback?.(() => timeline.mark('first-frame'))
      return attach(element)
    },
    [attach, timeline],
  )
}
