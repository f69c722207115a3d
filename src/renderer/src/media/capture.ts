import type { Settings } from '#contracts/ipc/settings.ts'
import type { CaptureFailure } from './local-media-state.ts'

export type Outcome = { ok: true; track: MediaStreamTrack } | { ok: false; failure: CaptureFailure }

/** `navigator.mediaDevices`, as far as it is needed here. */
export interface CaptureDevices {
  getUserMedia(constraints: MediaStreamConstraints): Promise<Pick<MediaStream, 'getTracks'>>
}

/** Height is what counts for simulcast: its layers halve it twice. Rates in frames a second. */
const PICTURES = {
  standard: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30, max: 30 } },
  economy: { width: { ideal: 640 }, height: { ideal: 360 }, frameRate: { ideal: 24, max: 30 } },
} as const satisfies Record<Settings['videoQuality'], MediaTrackConstraints>

/** Opus works at 48 kHz; one voice needs one channel. */
const VOICE = {
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
  channelCount: { ideal: 1 },
  sampleRate: { ideal: 48_000 },
} as const satisfies MediaTrackConstraints

export const toPicture = (quality: Settings['videoQuality']): MediaTrackConstraints => PICTURES[quality]

export function captureMic(devices: CaptureDevices, deviceId: string | null): Promise<Outcome> {
  return capture(devices, deviceId, chosen => ({ audio: { ...VOICE, ...chosen } }))
}

export function captureCam(
  devices: CaptureDevices,
  deviceId: string | null,
  quality: Settings['videoQuality'],
): Promise<Outcome> {
  return capture(devices, deviceId, chosen => ({ video: { ...PICTURES[quality], ...chosen } }))
}

/** A chosen device that is not there any more gives way to the system's default. */
async function capture(
  devices: CaptureDevices,
  deviceId: string | null,
  toConstraints: (chosen: { deviceId?: ConstrainDOMString }) => MediaStreamConstraints,
): Promise<Outcome> {
  const outcome = await attempt(devices, toConstraints(deviceId ? { deviceId: { exact: deviceId } } : {}))
  if (deviceId && !outcome.ok && outcome.failure === 'missing') return attempt(devices, toConstraints({}))
  return outcome
}

async function attempt(devices: CaptureDevices, constraints: MediaStreamConstraints): Promise<Outcome> {
  try {
    const [track] = (await devices.getUserMedia(constraints)).getTracks()
    return track ? { ok: true, track } : { ok: false, failure: 'missing' }
  } catch (error) {
    return { ok: false, failure: toCaptureFailure(error) }
  }
}

/** @see Media Capture and Streams, section 10.2 (getUserMedia), for the names */
export function toCaptureFailure(error: unknown): CaptureFailure {
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return 'denied'
    case 'NotFoundError':
    case 'OverconstrainedError':
      return 'missing'
    case 'NotReadableError':
    case 'AbortError':
      return 'busy'
    default:
      return 'failed'
  }
}
