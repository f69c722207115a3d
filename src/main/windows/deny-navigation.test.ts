import { EventEmitter } from 'node:events'
import { beforeEach, expect, test, vi } from 'vitest'
import { createLog } from '../app/log.ts'
import { denyNavigation } from './deny-navigation.ts'

const { app } = vi.hoisted(() => ({ app: { on: vi.fn<(event: string, listener: Created) => void>() } }))
vi.mock('electron', () => ({ app }))

type Created = (event: unknown, contents: Contents) => void

/** As much of web contents as the guard touches. */
class Contents extends EventEmitter {
  getURL() {
    return 'http://localhost:5173/'
  }
  setWindowOpenHandler() {}
}

let contents: Contents
function guard(devUrl: string | null) {
  app.on.mockClear()
  denyNavigation({ devUrl, log: createLog(() => {}) })
  contents = new Contents()
  for (const [, created] of app.on.mock.calls) created({}, contents)
}
function isHeldBack(event: string, url: string, isMainFrame = true) {
  const preventDefault = vi.fn()
  contents.emit(event, { url, isMainFrame, preventDefault })
  return preventDefault.mock.calls.length > 0
}

beforeEach(() => guard('http://localhost:5173'))

test('a page under development may load itself anew, and go nowhere else', () => {
  for (const event of ['will-navigate', 'will-frame-navigate']) {
    expect(isHeldBack(event, 'http://localhost:5173/')).toBe(false)
    expect(isHeldBack(event, 'http://localhost:5173/other')).toBe(true)
    expect(isHeldBack(event, 'https://example.org/')).toBe(true)
  }
  expect(isHeldBack('will-frame-navigate', 'http://localhost:5173/', false)).toBe(true)
  expect(isHeldBack('will-redirect', 'http://localhost:5173/')).toBe(true)
})

test('in use no page navigates at all', () => {
  guard(null)
  for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
    expect(isHeldBack(event, 'http://localhost:5173/')).toBe(true)
  }
})
