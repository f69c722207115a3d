import type { Settings, settingsCalls } from '#contracts/ipc/settings.ts'
import type { JsonFile } from '../store/json-file.ts'
import type { Handlers } from './handle-calls.ts'

export interface SettingsDeps {
  settings: Pick<JsonFile<typeof Settings>, 'read' | 'update'>
  /** The native parts of the window follow, too. */
  onTheme(theme: Settings['theme']): void
}

export function createSettingsHandlers({ settings, onTheme }: SettingsDeps): Handlers<typeof settingsCalls> {
  return {
    read: () => settings.read(),
    update: async patch => {
      const given = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined))
      const updated = await settings.update(current => ({ ...current, ...given }))
      onTheme(updated.theme)
      return updated
    },
  }
}
