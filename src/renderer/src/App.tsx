import type { i18n } from 'i18next'
import { useCallback, useEffect, useState } from 'react'
import { I18nextProvider } from 'react-i18next'
import { CallScreen } from './call/CallScreen.tsx'
import type { Call } from './call/call.ts'
import { CallProvider, useCall } from './call/call-context.tsx'
import { EndedScreen } from './call/EndedScreen.tsx'
import { FailedScreen } from './call/FailedScreen.tsx'
import { ProgressScreen } from './call/ProgressScreen.tsx'
import { type Desktop, DesktopProvider } from './desktop/desktop-context.tsx'
import { Home } from './home/Home.tsx'
import { Lobby } from './lobby/Lobby.tsx'
import type { LocalMedia } from './media/local-media.ts'
import { LocalMediaProvider, useLocalMediaActions } from './media/local-media-context.tsx'
import { OpenedLinks } from './OpenedLinks.tsx'
import { Appearance } from './settings/Appearance.tsx'
import { SettingsDialog } from './settings/SettingsDialog.tsx'
import { SettingsProvider } from './settings/settings-context.tsx'
import type { SettingsStore } from './settings/settings-store.ts'
import { TooltipProvider } from './ui/Tooltip.tsx'
import { ToastProvider } from './ui/toasts.tsx'

export interface AppProps {
  desktop: Desktop
  settings: SettingsStore
  localMedia: LocalMedia
  call: Call
  i18n: i18n
  /** A link that started the app. */
  openedLink: string | null
}

export function App({ desktop, settings, localMedia, call, i18n, openedLink }: AppProps) {
  return (
    <I18nextProvider i18n={i18n}>
      <DesktopProvider desktop={desktop}>
        <SettingsProvider settings={settings}>
          <LocalMediaProvider localMedia={localMedia}>
            <CallProvider call={call}>
              <TooltipProvider>
                <ToastProvider>
                  <Appearance />
                  <Screens />
                  <OpenedLinks openedLink={openedLink} />
                </ToastProvider>
              </TooltipProvider>
            </CallProvider>
          </LocalMediaProvider>
        </SettingsProvider>
      </DesktopProvider>
    </I18nextProvider>
  )
}

function Screens() {
  const [settingsOpen, setSettingsOpen] = useState(false)
  const openSettings = useCallback(() => setSettingsOpen(true), [])
  useReleaseDevices(settingsOpen)
  return (
    <>
      <Screen onOpenSettings={openSettings} />
      {settingsOpen ? <SettingsDialog onClose={() => setSettingsOpen(false)} /> : null}
    </>
  )
}

const LIVE = { phase: 'live' } as const

function Screen({ onOpenSettings }: { onOpenSettings: () => void }) {
  // what changes during a call concerns parts of its screen
  const state = useCall(all => (all.phase === 'live' ? LIVE : all))
  switch (state.phase) {
    case 'idle':
      return <Home onOpenSettings={onOpenSettings} />
    case 'preparing':
      return <ProgressScreen hosting={state.hosting} />
    case 'lobby':
    case 'joining':
      return <Lobby state={state} onOpenSettings={onOpenSettings} />
    case 'live':
      return <CallScreen onOpenSettings={onOpenSettings} />
    case 'ended':
      return <EndedScreen state={state} />
    case 'failed':
      return <FailedScreen state={state} />
    default:
      return state satisfies never
  }
}

/** Camera and microphone go dark when nobody needs them: outside of lobby and call, and without a test in the settings. */
function useReleaseDevices(settingsOpen: boolean): void {
  const { stopAll } = useLocalMediaActions()
  const needed = useCall(({ phase }) => phase === 'lobby' || phase === 'joining' || phase === 'live')
  useEffect(() => {
    if (!needed && !settingsOpen) stopAll()
  }, [needed, settingsOpen, stopAll])
}
