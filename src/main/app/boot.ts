import { join } from 'node:path'
import { app, dialog, protocol } from 'electron'
import { createDesktop, type Desktop } from './desktop.ts'
import { findLink, OpenedLinks } from './links.ts'
import { createLog, type Log } from './log.ts'
import { openLogFile } from './log-file.ts'
import { setMenu } from './menu.ts'
import { setSwitches } from './switches.ts'

/** Starts the app, or hands this start's link to the one that runs with the same profile, and ends. */
export async function boot(): Promise<void> {
  if (!app.requestSingleInstanceLock()) return app.quit()
  setSwitches()
  protocol.registerSchemesAsPrivileged([
    { scheme: 'app', privileges: { standard: true, secure: true, codeCache: true, supportFetchAPI: true } },
  ])
  const log = openLog()
  let desktop: Desktop | null = null
  const links = new OpenedLinks(findLink(process.argv), link => desktop?.window.tell('app:linkOpened', { link }))

  watchForCrashes(log, () => desktop !== null)
  app.on('second-instance', (_, argv) => {
    const link = findLink(argv)
    if (link) links.open(link)
    desktop?.window.show()
  })
  app.on('open-url', (event, link) => {
    event.preventDefault()
    const found = findLink([link])
    if (found) links.open(found)
    desktop?.window.show()
  })
  app.on('activate', () => desktop?.window.show())
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  closeBeforeQuit(() => desktop?.close())
  // a development copy must not take the links of the installed app, nor write anything outside of its profile
  if (app.isPackaged || process.env.PARLEY_REGISTER_LINKS) app.setAsDefaultProtocolClient('parley')

  await app.whenReady()
  // names are looked up by the system: no lookups by HTTPS with somebody else's resolver
  app.configureHostResolver({ enableBuiltInResolver: false, secureDnsMode: 'off' })
  setMenu()
  desktop = await createDesktop({ links, log })
  desktop.window.show()
}

function openLog(): Log {
  const file = openLogFile(join(app.getPath('userData'), 'logs', 'main.log'))
  // whoever started the app may be gone
  process.stdout.on('error', () => {})
  return createLog(line => {
    file.write(`${line}\n`)
    if (!app.isPackaged) process.stdout.write(`${line}\n`)
  })
}

/** Quitting waits until meetings were left and the services stopped; asked again meanwhile, it still waits. */
function closeBeforeQuit(close: () => Promise<void> | undefined): void {
  let state: 'running' | 'closing' | 'closed' = 'running'
  app.on('before-quit', async event => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    try {
      await close()
    } finally {
      state = 'closed'
      app.quit()
    }
  })
}

function watchForCrashes(log: Log, isRunning: () => boolean): void {
  process.on('unhandledRejection', error => log.error('unhandled rejection', { error }))
  process.on('uncaughtException', error => {
    log.error('uncaught exception', { error })
    if (isRunning()) return
    dialog.showErrorBox(
      'Parley cannot start',
      `${error.message}\n\nThe log has the details: ${app.getPath('userData')}/logs`,
    )
    app.exit(1)
  })
  app.on('child-process-gone', (_, { type, reason, exitCode, serviceName }) => {
    if (reason !== 'clean-exit') log.warn('process gone', { type, reason, exitCode, serviceName })
  })
}
