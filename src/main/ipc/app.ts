import { parseInvite } from '#contracts/invite.ts'
import type { appCalls } from '#contracts/ipc/app.ts'
import type { Handlers } from './handle-calls.ts'

type Device = 'camera' | 'microphone'

export interface AppDeps {
  version: string
  platform: 'linux' | 'darwin' | 'win32'
  locale: string
  /** The link that started the app; null when there was none, and from the second time on. */
  takeOpenedLink(): string | null
  copyText(text: string): void
  readCopiedText(): string
  openExternal(url: string): Promise<void>
  /** Asks the person, once per device and system; true at once where the system does not ask. */
  askForMediaAccess(device: Device): Promise<boolean>
}

export function createAppHandlers(deps: AppDeps): Handlers<typeof appCalls> {
  const { version, platform, locale } = deps
  return {
    info: () => ({ version, platform, locale, openedLink: deps.takeOpenedLink() }),
    copyText: ({ text }) => deps.copyText(text),
    copiedInvite: () => ({ text: onlyInvite(deps.readCopiedText()) }),
    openPrivacySettings: async ({ device }) => {
      const url = PRIVACY_SETTINGS[platform]?.[device]
      if (!url) return { opened: false }
      await deps.openExternal(url)
      return { opened: true }
    },
    requestMediaAccess: async ({ device }) => ({
      access: (await deps.askForMediaAccess(device)) ? 'granted' : 'denied',
    }),
  }
}

function onlyInvite(copied: string): string | null {
  try {
    parseInvite(copied)
    return copied.trim()
  } catch {
    return null
  }
}

/** The only addresses that are ever given to the system to open. */
const PRIVACY_SETTINGS: Partial<Record<AppDeps['platform'], Record<Device, string>>> = {
  darwin: {
    camera: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Camera',
    microphone: 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone',
  },
  win32: { camera: 'ms-settings:privacy-webcam', microphone: 'ms-settings:privacy-microphone' },
}
