import type { Settings } from '#contracts/ipc/settings.ts'

/** Why a camera or microphone gives nothing, in the words that the screens explain. */
export type CaptureFailure =
  /** The person or the system said no. */
  | 'denied'
  /** There is none. */
  | 'missing'
  /** Another program holds it. */
  | 'busy'
  /** It was there and went away while in use. */
  | 'unplugged'
  | 'failed'

export type Capture =
  | { state: 'off' }
  | { state: 'starting' }
  | { state: 'on'; track: MediaStreamTrack; deviceId: string }
  | { state: 'failed'; failure: CaptureFailure }

export interface DeviceOption {
  deviceId: string
  label: string
}

/** This machine's own camera and microphone; lives on from the lobby into the call. */
export interface LocalMediaState {
  mic: Capture
  cam: Capture
  /** The microphone stays open when muted, so that unmuting is instant; its producer is paused. */
  micMuted: boolean
  microphones: readonly DeviceOption[]
  cameras: readonly DeviceOption[]
  speakers: readonly DeviceOption[]
  microphoneId: string | null
  cameraId: string | null
  speakerId: string | null
  videoQuality: Settings['videoQuality']
}

export interface LocalMediaActions {
  startMic(): Promise<void>
  startCam(): Promise<void>
  /** Stops the device itself: its light goes out. */
  stopCam(): void
  setMicMuted(muted: boolean): void
  chooseMicrophone(deviceId: string | null): Promise<void>
  chooseCamera(deviceId: string | null): Promise<void>
  chooseSpeaker(deviceId: string | null): void
  /** Size of the picture taken, at once if the camera runs; the layers that are sent follow at the next join. */
  setVideoQuality(quality: Settings['videoQuality']): Promise<void>
  /** Stops both devices. */
  stopAll(): void
}
