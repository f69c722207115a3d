import type { DeviceOption } from '../media/local-media-state.ts'

/** Chromium's own aliases for the system's choice; `''` stands for it here. */
const ALIASES = new Set(['', 'default', 'communications'])

/** The system's default first, then each device once. Before permission devices have no label: they are numbered. */
export function toDeviceOptions(devices: readonly DeviceOption[], systemDefault: string, unnamed: string) {
  const named = devices
    .filter(({ deviceId }) => !ALIASES.has(deviceId))
    .map(({ deviceId, label }, i) => ({ value: deviceId, label: toPlainLabel(label) || `${unnamed} ${i + 1}` }))
  return [{ value: '', label: systemDefault }, ...named]
}

/** Without the USB ids that Chromium appends: `HD Webcam (046d:0825)` is `HD Webcam`. */
const toPlainLabel = (label: string): string => label.replace(/\s*\([\da-f]{4}:[\da-f]{4}\)$/i, '')
