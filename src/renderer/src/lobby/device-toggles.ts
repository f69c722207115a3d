import { useLocalMedia, useLocalMediaActions } from '../media/local-media-context.tsx'

export interface DeviceToggles {
  /** Others hear, or would hear, this person; while the microphone is still being opened, they are about to. */
  micOn: boolean
  camOn: boolean
  toggleMic: () => void
  toggleCam: () => void
}

/** What the two big buttons show and do, in the lobby and in the call alike. */
export function useDeviceToggles(): DeviceToggles {
  const { startMic, setMicMuted, startCam, stopCam } = useLocalMediaActions()
  const mic = useLocalMedia(state => state.mic.state)
  const cam = useLocalMedia(state => state.cam.state)
  const micMuted = useLocalMedia(state => state.micMuted)
  const micOn = (mic === 'on' || mic === 'starting') && !micMuted
  return {
    micOn,
    camOn: cam === 'on' || cam === 'starting',
    toggleMic: () => {
      setMicMuted(micOn)
      if (mic === 'off' || mic === 'failed') void startMic()
    },
    toggleCam: () => {
      if (cam === 'on' || cam === 'starting') stopCam()
      else void startCam()
    },
  }
}
