import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Settings } from '#contracts/ipc/settings.ts'
import type { LocalMediaActions, LocalMediaState } from './local-media-state.ts'

export type MediaSettings = Pick<Settings, 'microphoneId' | 'cameraId' | 'speakerId' | 'joinMuted' | 'videoQuality'>
export type ChosenDevices = Partial<Pick<Settings, 'microphoneId' | 'cameraId' | 'speakerId'>>

export interface LocalMediaOptions {
  devices: MediaDevices
  settings: MediaSettings
  /** Called with what the person chose, to be remembered. */
  onChosen?: (chosen: ChosenDevices) => void
  /** Where the system wants to be asked first (macOS): `api.app.requestMediaAccess`. */
  requestAccess?: (device: 'camera' | 'microphone') => Promise<'granted' | 'denied'>
}

export interface LocalMedia {
  readonly store: StoreApi<LocalMediaState>
  readonly actions: LocalMediaActions
  close(): void
}

export function createLocalMedia({ settings }: LocalMediaOptions): LocalMedia {
  const store = createStore<LocalMediaState>(() => ({
    mic: { state: 'off' },
    cam: { state: 'off' },
    micMuted: settings.joinMuted,
    microphones: [],
    cameras: [],
    speakers: [],
    microphoneId: settings.microphoneId,
    cameraId: settings.cameraId,
    speakerId: settings.speakerId,
    videoQuality: settings.videoQuality,
  }))
  return {
    store,
    actions: {
      startMic: async () => {},
      startCam: async () => {},
      stopCam: () => {},
      setMicMuted: micMuted => store.setState({ micMuted }),
      chooseMicrophone: async microphoneId => store.setState({ microphoneId }),
      chooseCamera: async cameraId => store.setState({ cameraId }),
      chooseSpeaker: speakerId => store.setState({ speakerId }),
      setVideoQuality: async videoQuality => store.setState({ videoQuality }),
      stopAll: () => {},
    },
    close: () => {},
  }
}
