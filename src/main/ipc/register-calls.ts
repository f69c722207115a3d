import { desktopCalls } from '#contracts/ipc/channels.ts'
import { type AppDeps, createAppHandlers } from './app.ts'
import { createHandleCalls, type HandleCallsDeps } from './handle-calls.ts'
import { createHostHandlers, type HostDeps } from './host.ts'
import { createRecentsHandlers, type RecentsDeps } from './recents.ts'
import { createSettingsHandlers, type SettingsDeps } from './settings.ts'
import { createSignalingHandlers } from './signaling.ts'

export interface CallDeps {
  app: AppDeps
  host: HostDeps
  recents: RecentsDeps
  settings: SettingsDeps
  relay: Parameters<typeof createSignalingHandlers>[0]
}

/** Registers the calls of every contract; there is no other place that registers any. */
export function registerCalls(deps: HandleCallsDeps, { app, host, recents, settings, relay }: CallDeps): void {
  const handleCalls = createHandleCalls(deps)
  handleCalls('app', desktopCalls.app, createAppHandlers(app))
  handleCalls('host', desktopCalls.host, createHostHandlers(host))
  handleCalls('recents', desktopCalls.recents, createRecentsHandlers(recents))
  handleCalls('settings', desktopCalls.settings, createSettingsHandlers(settings))
  handleCalls('signaling', desktopCalls.signaling, createSignalingHandlers(relay))
}
