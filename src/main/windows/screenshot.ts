import { writeFile } from 'node:fs/promises'
import type { BrowserWindow } from 'electron'
import type { Log } from '../app/log.ts'

/** For fonts, entry animations and the first answers of main. */
const SETTLE_MS = 2_000

/** Writes a picture of the window's first page, for machines where nobody can look at it. */
export function takeScreenshot(window: BrowserWindow, path: string, log: Log): void {
  window.webContents.once('did-finish-load', () => {
    setTimeout(async () => {
      try {
        const image = await window.webContents.capturePage()
        await writeFile(path, image.toPNG())
        log.info('screenshot taken', { path })
      } catch (error) {
        log.warn('no screenshot', { path, error })
      }
    }, SETTLE_MS)
  })
}
