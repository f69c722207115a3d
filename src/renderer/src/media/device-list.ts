import type { DeviceOption } from './local-media-state.ts'

export interface DeviceList {
  microphones: readonly DeviceOption[]
  cameras: readonly DeviceOption[]
  speakers: readonly DeviceOption[]
}

/** Chromium's stand-ins for whatever the system prefers; choosing nothing means the same. */
const ALIASES: ReadonlySet<string> = new Set(['', 'default', 'communications'])

/** What is plugged in. Labels are empty, and so are the lists, until the person has allowed a device of that kind. */
export async function listDevices(devices: Pick<MediaDevices, 'enumerateDevices'>): Promise<DeviceList> {
  const all = await devices.enumerateDevices()
  const ofKind = (kind: MediaDeviceKind) =>
    all
      .filter(device => device.kind === kind && !ALIASES.has(device.deviceId))
      .map(({ deviceId, label }) => ({ deviceId, label }))
  return { microphones: ofKind('audioinput'), cameras: ofKind('videoinput'), speakers: ofKind('audiooutput') }
}
