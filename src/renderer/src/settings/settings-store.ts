import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import { Settings, type SettingsPatch } from '#contracts/ipc/settings.ts'

export interface SettingsStore {
  readonly store: StoreApi<Settings>
  /** Shown at once and written behind; @returns whether it was stored. */
  update(patch: SettingsPatch): Promise<boolean>
}

/** Unreadable settings are no reason not to meet: the defaults serve. */
export async function createSettingsStore(api: Pick<DesktopApi, 'settings'>): Promise<SettingsStore> {
  const read = await api.settings.read()
  const store = createStore<Settings>(() => (read.ok ? read.value : Settings.parse({})))
  return {
    store,
    update: async patch => {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
      store.setState(given)
      return (await api.settings.update(patch)).ok
    },
  }
}
