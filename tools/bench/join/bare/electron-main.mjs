// The barest Electron shell: one window, one page, every permission that a call needs.
import { app, BrowserWindow, session } from 'electron'

app.commandLine.appendSwitch('autoplay-policy', 'no-user-gesture-required')
// not awaited at the top level: Electron gets ready only once this module has been evaluated
app.whenReady().then(() => {
  session.defaultSession.setPermissionRequestHandler((_contents, permission, allow) => allow(permission === 'media'))
  return new BrowserWindow({ width: 1280, height: 800 }).loadFile(process.env.BARE_PAGE)
})
