import { app } from 'electron'
import type { Log } from '../app/log.ts'

export interface DenyNavigationDeps {
  /** Of the server that a page under development comes from, whose hot reload may load it anew; null in use. */
  devUrl: string | null
  log: Log
}

/** For all web contents there will ever be: a page stays where it is, opens no window and embeds no other page. */
export function denyNavigation({ devUrl, log }: DenyNavigationDeps): void {
  app.on('web-contents-created', (_, contents) => {
    const deny = (what: string) => (event: { preventDefault(): void }) => {
      event.preventDefault()
      log.warn('page held back', { what })
    }
    contents.setWindowOpenHandler(() => {
      log.warn('page held back', { what: 'window.open' })
      return { action: 'deny' }
    })
    const isReload = (url: string) => devUrl !== null && url === contents.getURL()
    const denyNavigation = deny('navigation')
    contents.on('will-navigate', event => isReload(event.url) || denyNavigation(event))
    const denyFrame = deny('frame navigation')
    contents.on('will-frame-navigate', event => (event.isMainFrame && isReload(event.url)) || denyFrame(event))
    contents.on('will-redirect', deny('redirect'))
    contents.on('will-attach-webview', deny('webview'))
  })
}
