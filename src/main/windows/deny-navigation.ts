import { app } from 'electron'
import type { Log } from '../app/log.ts'

/** For all web contents there will ever be: a page stays where it is, opens no window and embeds no other page. */
export function denyNavigation(log: Log): void {
  app.on('web-contents-created', (_, contents) => {
    const deny = (what: string) => (event: { preventDefault(): void }) => {
      event.preventDefault()
      log.warn('page held back', { what })
    }
    contents.setWindowOpenHandler(() => {
      log.warn('page held back', { what: 'window.open' })
      return { action: 'deny' }
    })
    contents.on('will-navigate', deny('navigation'))
    contents.on('will-frame-navigate', deny('frame navigation'))
    contents.on('will-redirect', deny('redirect'))
    contents.on('will-attach-webview', deny('webview'))
  })
}
