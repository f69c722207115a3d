import type { DeviceOption } from '../media/local-media-state.ts'

/** The system's default first, as `''`, then each device. Before permission devices have no label: they are numbered. */
export function toDeviceOptions(devices: readonly DeviceOption[], systemDefault: string, unnamed: string) {
  const named = devices.map(({ deviceId, label }, i) => ({
    value: deviceId,
    label: toPlainLabel(label) || `${unnamed} ${i + 1}`,
  }))
  return [{ value: '', label: systemDefault }, ...named]
}

/** Without the USB ids that Chromium appends: `HD Webcam (046d:0825)` is `HD Webcam`. */
const toPlainLabel = (label: string): string => label.replace(/\s*\([\da-f]{4}:[\da-f]{4}\)$/i, '')
