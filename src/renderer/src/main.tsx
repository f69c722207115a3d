import './no-eval.ts'
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'
import { createCall } from './call/call.ts'
import { createI18n } from './i18n/i18n.ts'
import { toLanguage } from './i18n/language.ts'
import { createLocalMedia } from './media/local-media.ts'
import { createSettingsStore } from './settings/settings-store.ts'
import { applyTheme } from './settings/theme.ts'
import './ui/tokens.css'
import './ui/base.css'

/** Parts in the order they need each other; React comes last and finds everything ready. */
async function start(root: HTMLElement): Promise<void> {
  const { api } = window
  const [settings, read] = await Promise.all([createSettingsStore(api), api.app.info()])
  const { openedLink, ...info } = read.ok
    ? read.value
    : { version: '', platform: 'linux' as const, locale: navigator.language, openedLink: null }

  const { theme, language } = settings.store.getState()
  applyTheme(theme)()
  document.documentElement.lang = toLanguage(language, info.locale)

  const localMedia = createLocalMedia({
    devices: navigator.mediaDevices,
    settings: settings.store.getState(),
    onChosen: chosen => void settings.update(chosen),
    requestAccess: async device => {
      const asked = await api.app.requestMediaAccess({ device })
      return asked.ok ? asked.value.access : 'denied'
    },
  })
  const call = createCall({ api, media: localMedia })
  window.addEventListener('pagehide', () => {
    call.close()
    localMedia.close()
  })

  createRoot(root).render(
    <App
      desktop={{ api, info }}
      settings={settings}
      localMedia={localMedia}
      call={call}
      i18n={createI18n(toLanguage(language, info.locale))}
      openedLink={openedLink}
    />,
  )
}

const root = document.getElementById('root')
if (root) void start(root)
