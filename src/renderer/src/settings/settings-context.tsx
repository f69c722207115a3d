import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { Settings, SettingsPatch } from '#contracts/ipc/settings.ts'
import type { SettingsStore } from './settings-store.ts'

const SettingsContext = createContext<SettingsStore | null>(null)

export function SettingsProvider({ settings, children }: { settings: SettingsStore; children: ReactNode }) {
  return <SettingsContext value={settings}>{children}</SettingsContext>
}

export function useSettings<T>(selector: (settings: Settings) => T): T {
  return useStore(useProvided().store, selector)
}

export function useUpdateSettings(): (patch: SettingsPatch) => Promise<boolean> {
  return useProvided().update
}

function useProvided(): SettingsStore {
  const settings = useContext(SettingsContext)
  if (!settings) throw new Error('useSettings needs a SettingsProvider above it')
  return settings
}
