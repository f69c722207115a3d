import type { Settings } from '#contracts/ipc/settings.ts'

export interface Encoding {
  rid: string
  scaleResolutionDownBy: number
  maxBitrate: number
  maxFramerate?: number
}

/**
 * Simulcast layers of the camera, lowest first; bitrates in bit/s. 720p: 320x180, 640x360, 1280x720. Economy, from 360p: 320x180, 640x360.
 * The figures are what VP8 needs to look right at these sizes; three layers together stay under 2.4 Mbit/s.
 */
const CAMERA = {
  standard: [
    { rid: 'r0', scaleResolutionDownBy: 4, maxBitrate: 150_000 },
    { rid: 'r1', scaleResolutionDownBy: 2, maxBitrate: 500_000 },
    { rid: 'r2', scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
  ],
  economy: [
    { rid: 'r0', scaleResolutionDownBy: 2, maxBitrate: 150_000 },
    { rid: 'r1', scaleResolutionDownBy: 1, maxBitrate: 500_000 },
  ],
} as const satisfies Record<Settings['videoQuality'], readonly Encoding[]>

export const toCameraEncodings = (quality: Settings['videoQuality']): Encoding[] =>
  CAMERA[quality].map(layer => ({ ...layer }))

/** Text wants sharpness, not frames: one layer. */
export const SCREEN_ENCODINGS: readonly Encoding[] = [
  { rid: 'r0', scaleResolutionDownBy: 1, maxBitrate: 2_500_000, maxFramerate: 15 },
]
