import { app, BrowserWindow, dialog, nativeTheme, screen, session } from 'electron'
import type { EventChannel, EventData } from '#contracts/ipc/channels.ts'
import type { Log } from '../app/log.ts'
import type { NativeText } from '../app/native-text.ts'
import type { JsonFile } from '../store/json-file.ts'
import { fitBounds, MIN_SIZE, type WindowState } from './window-bounds.ts'

const RECOVERY_INTERVAL_MS = 60_000

/** A page that hangs does not keep the app from quitting. */
const CLOSE_TIMEOUT_MS = 2_000

export interface MainWindowDeps {
  /** What the window shows: our page, or the dev server's. */
  url: string
  preload: string
  state: JsonFile<typeof WindowState>
  /** In the language that is chosen now. */
  text(): NativeText
  /** The page left or crashed: nothing that it held is wanted any more. */
  onPageGone(webContentsId: number): void
  log: Log
}

/** The one window. It can be closed and opened again, as is usual on a Mac. */
export class MainWindow {
  #window: BrowserWindow | null = null
  #recoveredAtMs = Number.NEGATIVE_INFINITY
  readonly #deps: MainWindowDeps

  constructor(deps: MainWindowDeps) {
    this.#deps = deps
    nativeTheme.on('updated', () => this.#window?.setBackgroundColor(backgroundColor()))
  }

  /** Whether these web contents are the window's. */
  owns(webContentsId: number): boolean {
    return this.#window?.webContents.id === webContentsId
  }

  /** To the page, if it is there. */
  tell<C extends EventChannel>(channel: C, data: EventData<C>): void {
    if (this.#window && !this.#window.webContents.isDestroyed()) this.#window.webContents.send(channel, data)
  }

  /** Opens the window, or brings the open one to the front. */
  show(): BrowserWindow {
    if (!this.#window) return this.#open()
    if (this.#window.isMinimized()) this.#window.restore()
    this.#window.show()
    this.#window.focus()
    return this.#window
  }

  /** Lets the page say goodbye. Resolves when the window is gone. */
  async close(): Promise<void> {
    const window = this.#window
    if (!window) return
    const closed = new Promise<void>(resolve => window.once('closed', () => resolve()))
    const late = setTimeout(() => window.destroy(), CLOSE_TIMEOUT_MS)
    window.close()
    await closed
    clearTimeout(late)
  }

  #open(): BrowserWindow {
    const { url, preload, state, onPageGone, log } = this.#deps
    const primary = screen.getPrimaryDisplay()
    const others = screen.getAllDisplays().filter(({ id }) => id !== primary.id)
    const window = new BrowserWindow({
      ...fitBounds(
        state.read(),
        [primary, ...others].map(({ workArea }) => workArea),
      ),
      minWidth: MIN_SIZE.width,
      minHeight: MIN_SIZE.height,
      title: 'Parley',
      backgroundColor: backgroundColor(),
      show: false,
      autoHideMenuBar: true,
      webPreferences: {
        preload,
        session: session.defaultSession,
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
        webviewTag: false,
        navigateOnDragDrop: false,
        spellcheck: false,
        devTools: !app.isPackaged,
      },
    })
    const { webContents } = window
    const webContentsId = webContents.id
    this.#window = window
    if (state.read().maximized) window.maximize()
    window.once('ready-to-show', () => window.show())
    // the title stays ours
    window.on('page-title-updated', event => event.preventDefault())
    window.on('close', () => {
      const remembered = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
      state.update(() => remembered).catch(error => log.warn('window position not saved', { error }))
    })
    window.on('closed', () => {
      this.#window = null
    })

    // a page may say goodbye, but not keep its window
    webContents.on('will-prevent-unload', event => event.preventDefault())
    // the new page is there, and the old one has said its last word
    webContents.on('did-navigate', () => onPageGone(webContentsId))
    webContents.on('destroyed', () => onPageGone(webContentsId))
    webContents.on('render-process-gone', (_, { reason, exitCode }) => {
      onPageGone(webContentsId)
      log.error('page crashed', { reason, exitCode })
      if (reason !== 'clean-exit') this.#recover(window)
    })
    webContents.on('preload-error', (_, path, error) => log.error('preload failed', { path, error }))
    window.loadURL(url).catch(error => log.error('page not loaded', { error }))
    return window
  }

  /** Shows the page again after a crash; asks first when it crashed again so soon that it could go on for ever. */
  #recover(window: BrowserWindow): void {
    const again = performance.now() - this.#recoveredAtMs < RECOVERY_INTERVAL_MS
    this.#recoveredAtMs = performance.now()
    // a turn later: within the event the dead process still counts as the page's
    setTimeout(async () => {
      if (window.isDestroyed()) return
      const { response } = again
        ? await dialog.showMessageBox(window, crashedAgain(this.#deps.text()))
        : { response: 0 }
      if (response === 0) window.webContents.reload()
      else app.quit()
    }, 0)
  }
}

const crashedAgain = ({ crashedAgain, meetingGoesOn, tryAgain, quit }: NativeText) => ({
  ...{ type: 'error' as const, message: crashedAgain, detail: meetingGoesOn },
  buttons: [tryAgain, quit],
})

/** `--bg` of the renderer's tokens, so that the first frame does not flash. */
const backgroundColor = () => (nativeTheme.shouldUseDarkColors ? '#111514' : '#f6f5f1')
