import { createContext, type ReactNode, useContext } from 'react'
import type { DesktopApi } from '#contracts/ipc/api.ts'

/** What `api.app.info` says; it does not change while the window lives. */
export interface AppInfo {
  version: string
  platform: 'linux' | 'darwin' | 'win32'
  locale: string
}

export interface Desktop {
  api: DesktopApi
  info: AppInfo
}

const DesktopContext = createContext<Desktop | null>(null)

export function DesktopProvider({ desktop, children }: { desktop: Desktop; children: ReactNode }) {
  return <DesktopContext value={desktop}>{children}</DesktopContext>
}

export function useDesktop(): Desktop {
  const desktop = useContext(DesktopContext)
  if (!desktop) throw new Error('useDesktop needs a DesktopProvider above it')
  return desktop
}
