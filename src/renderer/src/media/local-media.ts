import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Settings } from '#contracts/ipc/settings.ts'
import { type CaptureDevices, captureCam, captureMic, toPicture } from './capture.ts'
import { CaptureSlot } from './capture-slot.ts'
import { listDevices } from './device-list.ts'
import type { LocalMediaActions, LocalMediaState } from './local-media-state.ts'

export type MediaSettings = Pick<Settings, 'microphoneId' | 'cameraId' | 'speakerId' | 'joinMuted' | 'videoQuality'>
export type ChosenDevices = Partial<Pick<Settings, 'microphoneId' | 'cameraId' | 'speakerId'>>

export interface LocalMediaOptions {
  /** `navigator.mediaDevices` */
  devices: CaptureDevices & Pick<MediaDevices, 'enumerateDevices' | 'addEventListener' | 'removeEventListener'>
  settings: MediaSettings
  /** Called with what the person chose, to be remembered. */
  onChosen?: (chosen: ChosenDevices) => void
  /** Where the system wants to be asked first (macOS): `api.app.requestMediaAccess`. */
  requestAccess?: (device: 'camera' | 'microphone') => Promise<'granted' | 'denied'>
}

export interface LocalMedia {
  readonly store: StoreApi<LocalMediaState>
  readonly actions: LocalMediaActions
  /** Stops both devices and listens no more. */
  close(): void
}

/** This machine's camera and microphone. One per window; the call publishes what its store holds. */
export function createLocalMedia({ devices, settings, onChosen, requestAccess }: LocalMediaOptions): LocalMedia {
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

  const allowed = async (device: 'camera' | 'microphone') => (await requestAccess?.(device)) !== 'denied'

  const mic = new CaptureSlot({
    open: async () => {
      if (!(await allowed('microphone'))) return { ok: false, failure: 'denied' }
      const outcome = await captureMic(devices, store.getState().microphoneId)
      if (outcome.ok) outcome.track.enabled = !store.getState().micMuted
      return outcome
    },
    onChange: capture => {
      store.setState({ mic: capture })
      if (capture.state === 'on') void refreshDevices()
    },
    // a headset that is pulled out must not end the sentence when the laptop has a microphone of its own
    onUnplugged: async () => {
      await refreshDevices()
      return store.getState().microphones.length > 0
    },
  })

  const cam = new CaptureSlot({
    open: async () => {
      if (!(await allowed('camera'))) return { ok: false, failure: 'denied' }
      return captureCam(devices, store.getState().cameraId, store.getState().videoQuality)
    },
    onChange: capture => {
      store.setState({ cam: capture })
      if (capture.state === 'on') void refreshDevices()
    },
    // another camera may look where the person does not expect it
    onUnplugged: async () => false,
  })

  async function refreshDevices(): Promise<void> {
    store.setState(await listDevices(devices).catch(() => ({})))
  }

  async function onDeviceChange(): Promise<void> {
    await refreshDevices()
    const { mic: capture, microphones } = store.getState()
    if (capture.state !== 'failed' || microphones.length === 0) return
    // whoever came without one has not been heard yet, and does not expect to be
    if (capture.failure === 'missing') setMicMuted(true)
    if (capture.failure === 'missing' || capture.failure === 'unplugged') await mic.start()
  }

  devices.addEventListener('devicechange', onDeviceChange)
  void refreshDevices()

  const setMicMuted = (micMuted: boolean) => {
    const { mic: capture } = store.getState()
    // here and not only in the producer: a muted microphone gives silence, whatever happens to the call
    if (capture.state === 'on') capture.track.enabled = !micMuted
    store.setState({ micMuted })
  }

  const stopAll = () => {
    mic.stop()
    cam.stop()
  }

  const actions: LocalMediaActions = {
    startMic: () => mic.start(),
    startCam: () => cam.start(),
    stopCam: () => cam.stop(),
    setMicMuted,
    chooseMicrophone: async microphoneId => {
      store.setState({ microphoneId })
      onChosen?.({ microphoneId })
      if (store.getState().mic.state !== 'off') await mic.restart()
    },
    chooseCamera: async cameraId => {
      store.setState({ cameraId })
      onChosen?.({ cameraId })
      if (store.getState().cam.state !== 'off') await cam.restart()
    },
    chooseSpeaker: speakerId => {
      store.setState({ speakerId })
      onChosen?.({ speakerId })
    },
    setVideoQuality: async videoQuality => {
      store.setState({ videoQuality })
      const { cam: capture } = store.getState()
      if (capture.state === 'on') await capture.track.applyConstraints(toPicture(videoQuality)).catch(() => {})
    },
    stopAll,
  }

  return {
    store,
    actions,
    close: () => {
      devices.removeEventListener('devicechange', onDeviceChange)
      stopAll()
    },
  }
}
