import { beforeEach, expect, test, vi } from 'vitest'
import { desktopCalls, desktopEvents } from '#contracts/ipc/channels.ts'

const invoke = vi.fn(async (_channel: string, _request: unknown) => ({ ok: true }))
const listeners = new Map<string, (event: unknown, data: unknown) => void>()
const exposed = new Map<string, Record<string, Record<string, (argument?: unknown) => unknown>>>()

vi.mock('electron', () => ({
  contextBridge: { exposeInMainWorld: (name: string, api: never) => exposed.set(name, api) },
  ipcRenderer: {
    invoke,
    on: (channel: string, listener: never) => listeners.set(channel, listener),
    off: (channel: string, listener: unknown) => listeners.get(channel) === listener && listeners.delete(channel),
  },
}))

beforeEach(async () => {
  invoke.mockClear()
  await import('./index.ts')
})

const capitalized = (name: string) => `on${name[0]?.toUpperCase()}${name.slice(1)}`

test('window.api has one function for each call and event of the contracts, and nothing else', () => {
  const expected = Object.entries(desktopCalls).map(([api, calls]) => {
    const events = Object.entries(desktopEvents).find(([name]) => name === api)?.[1] ?? {}
    return [api, [...Object.keys(calls), ...Object.keys(events).map(capitalized)].sort()] as const
  })
  expect([...exposed.keys()]).toEqual(['api'])
  const actual = Object.entries(exposed.get('api') ?? {}).map(
    ([api, calls]) => [api, Object.keys(calls).sort()] as const,
  )
  expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(expected))
})

test('each call asks its own channel, whatever it is given', async () => {
  for (const [api, calls] of Object.entries(desktopCalls)) {
    for (const call of Object.keys(calls)) {
      await exposed.get('api')?.[api]?.[call]?.({ given: call })
      expect(invoke.mock.lastCall?.[0]).toBe(`${api}:${call}`)
    }
  }
})

test('an event reaches its listener without the event object of Electron, until unsubscribed', () => {
  for (const [api, events] of Object.entries(desktopEvents)) {
    for (const event of Object.keys(events)) {
      const heard: unknown[][] = []
      const off = exposed.get('api')?.[api]?.[capitalized(event)]?.((...args: unknown[]) => heard.push(args))
      listeners.get(`${api}:${event}`)?.({ sender: 'secret' }, { is: event })
      expect(heard).toEqual([[{ is: event }]])
      if (typeof off === 'function') off()
      expect(listeners.has(`${api}:${event}`)).toBe(false)
    }
  }
})
