import type { AppApi } from './app.ts'
import type { HostApi } from './host.ts'
import type { RecentsApi } from './recents.ts'
import type { SettingsApi } from './settings.ts'
import type { SignalingApi } from './signaling.ts'

/** `window.api`: everything the renderer may ask of the desktop. */
export interface DesktopApi {
  app: AppApi
  host: HostApi
  signaling: SignalingApi
  settings: SettingsApi
  recents: RecentsApi
}
