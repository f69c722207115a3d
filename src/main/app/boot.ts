import { join } from 'node:path'
import { app, dialog, protocol } from 'electron'
import { createDesktop, type Desktop } from './desktop.ts'
import { applicationsFolder, registerLinkEntry } from './link-entry.ts'
import { findLink, OpenedLinks, withLink } from './links.ts'
import { createLog, type Log } from './log.ts'
import { openLogFile } from './log-file.ts'
import { setMenu } from './menu.ts'
import { nativeText } from './native-text.ts'
import { Starts } from './starts.ts'
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
  const starts = new Starts({
    links,
    show: () => desktop?.window.show(),
    relaunch: link => app.relaunch({ args: withLink(process.argv.slice(1), link) }),
    log,
  })
  app.on('second-instance', (_, argv) => starts.again(findLink(argv)))
  app.on('open-url', (event, link) => {
    event.preventDefault()
    starts.again(findLink([link]))
  })
  app.on('activate', () => starts.again(null))
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit()
  })
  closeBeforeQuit(() => desktop?.close(), starts)
  registerLinks(log)

  await app.whenReady()
  // names are looked up by the system: no lookups by HTTPS with somebody else's resolver
  app.configureHostResolver({ enableBuiltInResolver: false, secureDnsMode: 'off' })
  setMenu(nativeText('system', app.getLocale()))
  desktop = await createDesktop({ links, log })
  desktop.window.show()
}

/** A development copy must not take the links of the installed app, nor write outside of its profile, unless told to. */
function registerLinks(log: Log): void {
  if (!app.isPackaged && !process.env.PARLEY_REGISTER_LINKS) return
  if (app.isPackaged || process.platform !== 'linux') {
    app.setAsDefaultProtocolClient('parley')
    return
  }
  const profile = app.commandLine.getSwitchValue('user-data-dir')
  const command = [
    process.execPath,
    ...(app.commandLine.hasSwitch('no-sandbox') ? ['--no-sandbox'] : []),
    ...(profile ? [`--user-data-dir=${profile}`] : []),
    app.getAppPath(),
  ]
  registerLinkEntry(command, applicationsFolder(process.env), log).catch(error =>
    log.warn('links do not open this copy', { error }),
  )
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
function closeBeforeQuit(close: () => Promise<void> | undefined, starts: Starts): void {
  let state: 'running' | 'closing' | 'closed' = 'running'
  app.on('before-quit', async event => {
    if (state === 'closed') return
    event.preventDefault()
    if (state === 'closing') return
    state = 'closing'
    starts.quitting()
    try {
      await close()
    } finally {
      state = 'closed'
      starts.ended()
      app.quit()
    }
  })
}

function watchForCrashes(log: Log, isRunning: () => boolean): void {
  process.on('unhandledRejection', error => log.error('unhandled rejection', { error }))
  process.on('uncaughtException', error => {
    log.error('uncaught exception', { error })
    if (isRunning()) return
    // the settings may be what is broken, so the system's language serves
    const text = nativeText('system', app.getLocale())
    const details = text.logHasDetails(join(app.getPath('userData'), 'logs'))
    dialog.showErrorBox(text.cannotStart, `${error.message}\n\n${details}`)
    app.exit(1)
  })
  app.on('child-process-gone', (_, { type, reason, exitCode, serviceName }) => {
    if (reason !== 'clean-exit') log.warn('process gone', { type, reason, exitCode, serviceName })
  })
}
