import { type RefCallback, useCallback } from 'react'

/** Shows or plays a track in the element that this ref is given to; follows the track when it changes. */
export function useTrack<E extends HTMLMediaElement>(track: MediaStreamTrack | null): RefCallback<E> {
  return useCallback(
    (element: E | null) => {
      if (!element || !track) return
      element.srcObject = new MediaStream([track])
      return () => {
        element.srcObject = null
      }
    },
    [track],
  )
}
