import { join } from 'node:path'
import { app, clipboard, ipcMain, nativeTheme, protocol, session, shell, systemPreferences } from 'electron'
import { z } from 'zod'
import { RecentMeeting } from '#contracts/ipc/recents.ts'
import { Settings } from '#contracts/ipc/settings.ts'
import { discover } from '../discovery/discover.ts'
import { DiscoveryResponder } from '../discovery/discovery-responder.ts'
import { localNetworks } from '../discovery/local-networks.ts'
import { createFork } from '../host/fork-utility-process.ts'
import { Ports, Supervisor } from '../host/supervisor.ts'
import type { AppDeps } from '../ipc/app.ts'
import { STOP_DEADLINE_MS } from '../ipc/host.ts'
import { registerCalls } from '../ipc/register-calls.ts'
import { createAdmit } from '../ipc/sender.ts'
import { guardSession } from '../permissions/guard-session.ts'
import { APP_ORIGIN, originOf } from '../protocol/content-security.ts'
import { createResponder } from '../protocol/respond.ts'
import { openSignaling } from '../signaling/open-signaling.ts'
import { SignalingRelay } from '../signaling/signaling-relay.ts'
import { HostedCodes } from '../store/hosted-codes.ts'
import { JsonFile } from '../store/json-file.ts'
import { resolveCode } from '../store/resolve-code.ts'
import { denyNavigation } from '../windows/deny-navigation.ts'
import { MainWindow } from '../windows/main-window.ts'
import { takeScreenshot } from '../windows/screenshot.ts'
import { WindowState } from '../windows/window-bounds.ts'
import type { OpenedLinks } from './links.ts'
import type { Log } from './log.ts'
import { openLogFile } from './log-file.ts'
import { nativeText } from './native-text.ts'

export interface Desktop {
  window: MainWindow
  /** The page leaves its meeting, then the services end theirs. */
  close(): Promise<void>
}

/** Everything that main owns, put together. Electron is ready. */
export async function createDesktop({ links, log }: { links: OpenedLinks; log: Log }): Promise<Desktop> {
  const userData = app.getPath('userData')
  const bundle = join(import.meta.dirname, '..')
  // set by electron-vite while developing; an installed app has no business with it
  const devUrl = app.isPackaged ? null : (process.env.ELECTRON_RENDERER_URL ?? null)
  const ownOrigin = (devUrl && originOf(devUrl)) ?? APP_ORIGIN

  const inUserData = <S extends z.ZodType>(name: string, schema: S, fallback: z.output<S>) =>
    JsonFile.open(join(userData, name), schema, fallback, log)
  const settings = await inUserData('settings.json', Settings, Settings.parse({}))
  const recents = await inUserData('recents.json', z.array(RecentMeeting), [])
  const ports = await inUserData('ports.json', Ports, { port: 0, mediaPort: 0 })
  const windowState = await inUserData('window.json', WindowState, { bounds: null, maximized: false })

  denyNavigation({ devUrl, log })
  guardSession(session.defaultSession, { ownOrigin, devUrl, log })
  protocol.handle('app', createResponder(join(bundle, 'renderer')))
  nativeTheme.themeSource = settings.read().theme

  const window = new MainWindow({
    url: devUrl ?? `${APP_ORIGIN}/index.html`,
    preload: join(bundle, 'preload', 'index.cjs'),
    state: windowState,
    text: () => nativeText(settings.read().language, app.getLocale()),
    onPageGone: id => {
      links.pageGone()
      relay.closeAll(id)
    },
    log,
  })
  const relay = new SignalingRelay({
    openSignaling,
    tell: (id, channel, data) => window.owns(id) && window.tell(channel, data),
  })
  const servicesLog = openLogFile(join(userData, 'logs', 'services.log'))
  const supervisor = new Supervisor({
    fork: createFork(
      join(bundle, 'main', 'services.js'),
      output => {
        servicesLog.write(output)
        if (!app.isPackaged) process.stdout.write(output)
      },
      log,
    ),
    dataDir: join(userData, 'services'),
    lastPorts: ports.read(),
    networks: () => localNetworks().map(({ address }) => address),
    isConnected: () => relay.isConnected,
    onPorts: now => {
      ports.update(() => now).catch(error => log.warn('ports not saved', { error }))
    },
    onStatus: status => {
      window.tell('host:statusChanged', status)
      announce()
    },
    log,
  })
  const hosted = new HostedCodes(() => recents.read())
  const responder = new DiscoveryResponder(log)
  const announce = () => {
    const server = supervisor.status.phase === 'running' ? supervisor.status.server : null
    void responder.serve(server, hosted.list())
  }

  registerCalls(
    {
      ipcMain,
      admit: createAdmit(
        id => window.owns(id),
        url => originOf(url) === ownOrigin,
      ),
      log,
    },
    {
      app: appDeps(links),
      host: { supervisor, isHostedHere: code => hosted.has(code) },
      recents: {
        recents,
        onHosted: code => {
          hosted.add(code)
          announce()
        },
        onChange: announce,
        resolveCode: code =>
          resolveCode(code, {
            recents: () => recents.read(),
            isHostedHere: asked => hosted.has(asked),
            startHost: () => supervisor.start(),
            discover,
          }),
      },
      settings: {
        settings,
        onTheme: theme => {
          nativeTheme.themeSource = theme
        },
      },
      relay,
    },
  )
  app.once('browser-window-created', (_, first) => {
    if (process.env.PARLEY_SCREENSHOT) takeScreenshot(first, process.env.PARLEY_SCREENSHOT, log)
  })

  return {
    window,
    async close() {
      await window.close()
      responder.close()
      await relay.close()
      await supervisor.stop(STOP_DEADLINE_MS)
      await Promise.all([settings, recents, ports, windowState].map(file => file.settled()))
    },
  }
}

function appDeps(links: OpenedLinks): AppDeps {
  return {
    version: app.getVersion(),
    platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
    locale: app.getLocale(),
    takeOpenedLink: () => links.take(),
    copyText: text => clipboard.writeText(text),
    readCopiedText: () => clipboard.readText(),
    openExternal: url => shell.openExternal(url),
    askForMediaAccess: async device =>
      process.platform === 'darwin' ? systemPreferences.askForMediaAccess(device) : true,
  }
}
