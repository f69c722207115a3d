import { expect, test, vi } from 'vitest'
import type { ServerTarget } from '#contracts/invite.ts'
import { ConnectionId, type SignalingApi } from '#contracts/ipc/signaling.ts'
import { createDesktopChannels } from './signaling-channel.ts'

const server: ServerTarget = { addresses: [{ host: '10.0.0.2', port: 7443 }] }
const mine = ConnectionId.parse('6f1b5a53-6d5c-4b87-9b1e-0f4a3a1f0a01')
const other = ConnectionId.parse('6f1b5a53-6d5c-4b87-9b1e-0f4a3a1f0a02')

type Message = Parameters<Parameters<SignalingApi['onMessage']>[0]>[0]
type Closed = Parameters<Parameters<SignalingApi['onClosed']>[0]>[0]

function fakeApi() {
  const messages = new Set<(message: Message) => void>()
  const closings = new Set<(closed: Closed) => void>()
  const opening = Promise.withResolvers<Awaited<ReturnType<SignalingApi['open']>>>()
  const api: SignalingApi = {
    open: () => opening.promise,
    send: vi.fn<SignalingApi['send']>(async () => ({ ok: true, value: undefined })),
    close: vi.fn<SignalingApi['close']>(async () => ({ ok: true, value: undefined })),
    onMessage: listener => {
      messages.add(listener)
      return () => messages.delete(listener)
    },
    onClosed: listener => {
      closings.add(listener)
      return () => closings.delete(listener)
    },
  }
  return {
    api,
    opening,
    message: (connectionId: ConnectionId, text: string) =>
      messages.forEach(listener => void listener({ connectionId, text })),
    closed: (connectionId: ConnectionId) =>
      closings.forEach(listener => void listener({ connectionId, code: 1006, reason: '' })),
    listeners: () => messages.size + closings.size,
  }
}

function fakeListener() {
  return { onMessage: vi.fn(), onClosed: vi.fn() }
}

test('frames of this connection arrive in order, also those that overtook the reply to open; others’ do not', async () => {
  const desktop = fakeApi()
  const listener = fakeListener()
  const opened = createDesktopChannels(desktop.api)(server, listener, new AbortController().signal)
  desktop.message(mine, 'early')
  desktop.message(other, 'not for us')
  desktop.opening.resolve({ ok: true, value: { connectionId: mine } })
  const channel = await opened
  desktop.message(mine, 'later')
  desktop.message(other, 'not for us either')
  expect(listener.onMessage.mock.calls).toEqual([['early'], ['later']])
  await channel.send('hello')
  expect(desktop.api.send).toHaveBeenCalledWith({ connectionId: mine, text: 'hello' })
  desktop.closed(mine)
  expect(listener.onClosed).toHaveBeenCalledOnce()
})

test('after close nothing is heard and nothing listens', async () => {
  const desktop = fakeApi()
  const listener = fakeListener()
  desktop.opening.resolve({ ok: true, value: { connectionId: mine } })
  const channel = await createDesktopChannels(desktop.api)(server, listener, new AbortController().signal)
  channel.close()
  desktop.message(mine, 'late')
  desktop.closed(mine)
  expect(listener.onMessage).not.toHaveBeenCalled()
  expect(listener.onClosed).not.toHaveBeenCalled()
  expect(desktop.listeners()).toBe(0)
  expect(desktop.api.close).toHaveBeenCalledWith({ connectionId: mine })
})

test('an untrusted server is an error, and nothing goes on listening', async () => {
  const desktop = fakeApi()
  desktop.opening.resolve({ ok: false, error: { code: 'server-untrusted', message: 'Another certificate.' } })
  const opened = createDesktopChannels(desktop.api)(server, fakeListener(), new AbortController().signal)
  await expect(opened).rejects.toMatchObject({ code: 'server-untrusted' })
  expect(desktop.listeners()).toBe(0)
})

test('a socket that opens after it was given up is closed', async () => {
  const desktop = fakeApi()
  const controller = new AbortController()
  const opened = createDesktopChannels(desktop.api)(server, fakeListener(), controller.signal)
  controller.abort()
  await expect(opened).rejects.toMatchObject({ code: 'cancelled' })
  desktop.opening.resolve({ ok: true, value: { connectionId: mine } })
  await vi.waitFor(() => expect(desktop.api.close).toHaveBeenCalledWith({ connectionId: mine }))
})
