import { Menu } from 'electron'
import type { NativeText } from './native-text.ts'

/** None, except on a Mac: there copying, closing and quitting by keyboard live in the menu. */
export function setMenu({ windowMenu }: NativeText): void {
  if (process.platform !== 'darwin') {
    Menu.setApplicationMenu(null)
    return
  }
  Menu.setApplicationMenu(
    Menu.buildFromTemplate([
      { role: 'appMenu' },
      { role: 'editMenu' },
      {
        label: windowMenu,
        submenu: [{ role: 'minimize' }, { role: 'zoom' }, { role: 'togglefullscreen' }, { role: 'close' }],
      },
    ]),
  )
}
