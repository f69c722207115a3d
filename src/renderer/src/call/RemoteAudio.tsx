import { type RefCallback, useCallback } from 'react'
import { useShallow } from 'zustand/react/shallow'
import type { PeerId } from '#contracts/ids.ts'
import { useLocalMedia } from '../media/local-media-context.tsx'
import { useTrack } from '../media/use-track.ts'
import { useCall } from './call-context.tsx'
import { selectTrack, selectVoices } from './selectors.ts'

/** Plays every remote microphone on the chosen speaker; shows nothing. */
export function RemoteAudio() {
  return useCall(useShallow(selectVoices)).map(peerId => <PeerAudio key={peerId} peerId={peerId} />)
}

function PeerAudio({ peerId }: { peerId: PeerId }) {
  const track = useTrack<HTMLAudioElement>(useCall(selectTrack(peerId, 'mic')))
  const speaker = useSpeaker()
  return (
    <span ref={speaker} hidden>
      {/* biome-ignore lint/a11y/useMediaCaption: a live voice; captions are a feature of their own */}
      <audio ref={track} autoPlay data-peer-id={peerId} data-source="mic" />
    </span>
  )
}

/** A speaker that is gone falls back to the system's own, which is what the element plays on without a sink. */
function useSpeaker(): RefCallback<HTMLElement> {
  const speakerId = useLocalMedia(state => state.speakerId)
  return useCallback(
    (parent: HTMLElement | null) => {
      const audio = parent?.querySelector('audio')
      audio?.setSinkId?.(speakerId ?? '').catch(() => audio.setSinkId('').catch(() => {}))
    },
    [speakerId],
  )
}
