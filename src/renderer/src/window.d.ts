import type { DesktopApi } from '#contracts/ipc/api.ts'

declare global {
  interface Window {
    /** Put there by the preload script. */
    readonly api: DesktopApi
  }
}
