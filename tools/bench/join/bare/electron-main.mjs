// The barest Electron shell: one window, one page, every permission that a call needs.
import { app, BrowserWindow, session } from 'electron'

app.commandLine.appendSwitch('autoplay-policy', 'no-user-gesture-required')
await app.whenReady()
session.defaultSession.setPermissionRequestHandler((_contents, permission, allow) => allow(permission === 'media'))
const window = new BrowserWindow({ width: 1280, height: 800 })
await window.loadFile(process.env.BARE_PAGE)
