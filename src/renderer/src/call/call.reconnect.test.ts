import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CodedError } from '#contracts/errors.ts'
import { formatInvite } from '#contracts/invite.ts'
import { FakeMediaDevices } from '../media/fake-media-devices.ts'
import { FakeSfuDevice } from '../media/fake-sfu.ts'
import { createLocalMedia, type LocalMedia } from '../media/local-media.ts'
import { type Call, createCall } from './call.ts'
import type { LiveCall } from './call-state.ts'
import { type FakeDesktop, fakeDesktop, invite } from './fake-desktop.ts'
import { FakeMeetingServer } from './fake-meeting-server.ts'

let server: FakeMeetingServer
let desktop: FakeDesktop
let device: FakeSfuDevice
let media: LocalMedia
let call: Call

beforeEach(async () => {
  vi.useFakeTimers()
  vi.spyOn(console, 'debug').mockImplementation(() => {})
  vi.spyOn(Math, 'random').mockReturnValue(1)
  server = new FakeMeetingServer()
  desktop = fakeDesktop(server.ownerToken)
  device = new FakeSfuDevice()
  media = createLocalMedia({
    devices: new FakeMediaDevices(),
    settings: { microphoneId: null, cameraId: null, speakerId: null, joinMuted: false, videoQuality: 'standard' },
  })
  call = createCall({
    api: desktop.api,
    media,
    openChannel: server.network.openChannel,
    loadDevice: async () => device,
  })
  server.arrive('Ada')
  await call.actions.openInvite(formatInvite(invite))
  await media.actions.startMic()
  await call.actions.join('Self')
  await vi.advanceTimersByTimeAsync(200)
  expect(live().connection).toEqual({ state: 'connected' })
})
afterEach(async () => {
  call.close()
  media.close()
  await vi.runAllTimersAsync()
  expect(vi.getTimerCount()).toBe(0)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const live = (): LiveCall => {
  const now = call.store.getState()
  if (now.phase !== 'live') throw new Error(`the call is ${now.phase}`)
  return now
}
const tracks = () =>
  [...live().peers.values()].flatMap(({ streams }) => [...streams.values()].map(({ track }) => track))
const firstSfu = () => {
  const [sfu] = device.connections
  if (!sfu) throw new Error('no connection')
  return sfu
}

test('a lost socket is told at once, and the same seat is taken again with all its media', async () => {
  const before = tracks()
  server.network.cut()
  expect(live().connection).toEqual({ state: 'reconnecting', sinceMs: performance.now() })
  server.network.up = true
  await vi.advanceTimersByTimeAsync(310)
  expect(live().connection).toEqual({ state: 'connected' })
  expect(server.asked('session.open')).toEqual([
    { token: 'grant-1' },
    { token: 'grant-1', resumeKey: 'resume-grant-1' },
  ])
  expect(live().self.peerId).toBe('peer-self-1')
  expect(tracks()).toEqual(before)
  expect(device.connections).toHaveLength(1)
})

test('what happened meanwhile is caught up: who left, who came, and what one did oneself', async () => {
  server.network.cut()
  server.peers = []
  media.actions.setMicMuted(true)
  await vi.advanceTimersByTimeAsync(100)
  server.network.up = true
  await vi.advanceTimersByTimeAsync(300)
  expect(live().peers.size).toBe(0)
  expect(server.asked('producer.pause')).toEqual([{ producerId: 'own-1', paused: true }])
  const ben = server.arrive('Ben')
  await vi.advanceTimersByTimeAsync(10)
  expect(live().peers.get(ben.peerId)?.streams.get('cam')?.track).toBeTruthy()
})

test('an answer that is repeated after a resume builds nothing anew', async () => {
  server.network.cut()
  server.network.up = true
  await vi.advanceTimersByTimeAsync(310)
  server.answer()
  await vi.advanceTimersByTimeAsync(10)
  expect(device.connections).toHaveLength(1)
})

test('a server that has forgotten the seat gives a new one, with new transports and all the media', async () => {
  server.network.cut()
  server.remembers = false
  server.network.up = true
  await vi.advanceTimersByTimeAsync(500)
  expect(live().self.peerId).toBe('peer-self-2')
  expect(live().connection).toEqual({ state: 'connected' })
  expect(firstSfu().closed).toBe(true)
  expect(device.connections).toHaveLength(2)
  expect(tracks().every(track => track !== null)).toBe(true)
  expect(server.asked('producer.create')).toHaveLength(2)
})

test('after the resume window nobody asks for the old seat', async () => {
  server.network.cut()
  await vi.advanceTimersByTimeAsync(31_000)
  server.network.up = true
  await vi.advanceTimersByTimeAsync(5_100)
  expect(live().self.peerId).toBe('peer-self-2')
  expect(server.asked('session.open')).toEqual([{ token: 'grant-1' }, { token: 'grant-2' }])
})

test('after a minute it is given up', async () => {
  server.network.cut()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(call.store.getState()).toMatchObject({ phase: 'failed', error: { code: 'connection-lost' }, canRetry: true })
})

test('the minute is not cut short by an offer that nobody will answer', async () => {
  server.network.cut()
  await vi.advanceTimersByTimeAsync(31_000)
  server.refusals.set('session.open', new CodedError('unavailable', 'Starting.'))
  server.network.up = true
  await vi.advanceTimersByTimeAsync(5_100)
  expect(server.asked('session.open').length).toBeGreaterThan(1)
  server.network.cut()
  server.refusals.clear()
  await vi.advanceTimersByTimeAsync(16_000)
  server.network.up = true
  await vi.advanceTimersByTimeAsync(5_100)
  expect(live().connection).toEqual({ state: 'connected' })
})

describe('for the host', () => {
  beforeEach(async () => {
    await call.actions.newMeeting('Weekly')
    await call.actions.join('Self')
    await vi.advanceTimersByTimeAsync(200)
  })

  test('services that are back on another port are found there', async () => {
    server.network.cut()
    desktop.server = { ...desktop.server, addresses: [{ host: '127.0.0.1', port: 7555 }] }
    server.network.up = true
    await vi.advanceTimersByTimeAsync(310)
    expect(live().connection).toEqual({ state: 'connected' })
    expect(server.network.opened.at(-1)).toEqual(desktop.server)
  })

  test('services that failed for good are told as that, at once', async () => {
    server.network.cut()
    desktop.hostFailure = { ok: false, error: { code: 'services-failed', message: 'It crashed too often.' } }
    await vi.advanceTimersByTimeAsync(310)
    expect(call.store.getState()).toMatchObject({ phase: 'failed', error: { code: 'services-failed' } })
  })

  test('a meeting that cannot be ended while the connection is broken goes on', async () => {
    server.network.cut()
    expect(await call.actions.endForAll()).toBe(false)
    server.network.up = true
    await vi.advanceTimersByTimeAsync(310)
    expect(live().connection).toEqual({ state: 'connected' })
    server.refusals.set('meeting.end', new CodedError('timeout', 'It takes its time.'))
    expect(await call.actions.endForAll()).toBe(false)
    expect(live().connection).toEqual({ state: 'connected' })
  })
})

test('a meeting that ended meanwhile is told as soon as the server is back', async () => {
  server.network.cut()
  server.refusals.set('session.open', new CodedError('meeting-ended', 'It is over.'))
  server.network.up = true
  await vi.advanceTimersByTimeAsync(310)
  expect(call.store.getState()).toMatchObject({ phase: 'failed', error: { code: 'meeting-ended' }, canRetry: false })
})

test('going home meanwhile ends all trying', async () => {
  server.network.cut()
  await call.actions.goHome()
  const attempts = server.network.opened.length
  await vi.advanceTimersByTimeAsync(60_000)
  expect(server.network.opened).toHaveLength(attempts)
  expect(call.store.getState()).toEqual({ phase: 'idle' })
})

test('a socket that breaks while it is being mended is tried again', async () => {
  server.network.cut()
  server.refusals.set('session.open', new CodedError('unavailable', 'Starting.'))
  server.network.up = true
  await vi.advanceTimersByTimeAsync(400)
  server.network.cut()
  server.refusals.clear()
  server.network.up = true
  await vi.advanceTimersByTimeAsync(2_000)
  expect(live().connection).toEqual({ state: 'connected' })
})

test('a media path that breaks for a moment mends itself; nothing is restarted', async () => {
  firstSfu().move('recv', 'disconnected')
  expect(live().connection.state).toBe('reconnecting')
  await vi.advanceTimersByTimeAsync(1_000)
  firstSfu().move('recv', 'connected')
  await vi.advanceTimersByTimeAsync(10_000)
  expect(live().connection).toEqual({ state: 'connected' })
  expect(server.asked('transport.restartIce')).toEqual([])
})

test('a media path that stays broken restarts ICE with the server’s new credentials', async () => {
  firstSfu().move('recv', 'disconnected')
  await vi.advanceTimersByTimeAsync(1_600)
  expect(server.asked('transport.restartIce')).toEqual([{ transportId: 'grant-1-recv' }])
  expect(firstSfu().restarts).toMatchObject([
    { transportId: 'grant-1-recv', iceParameters: { usernameFragment: 'new' } },
  ])
  firstSfu().move('recv', 'connected')
  expect(live().connection).toEqual({ state: 'connected' })
})

test('after a resume a broken path is mended at once', async () => {
  server.network.cut()
  firstSfu().move('recv', 'failed')
  firstSfu().move('send', 'failed')
  server.network.up = true
  await vi.advanceTimersByTimeAsync(310)
  expect(server.asked('transport.restartIce')).toHaveLength(2)
  expect(live().connection.state).toBe('reconnecting')
})

test('transports that the server has forgotten are built anew on the same seat, with all the media', async () => {
  server.refusals.set('transport.restartIce', new CodedError('transport-unknown', 'Never heard of it.'))
  server.rebuilds = true
  firstSfu().move('recv', 'failed')
  await vi.advanceTimersByTimeAsync(200)
  expect(device.connections).toHaveLength(2)
  expect(firstSfu().closed).toBe(true)
  expect(live().self.peerId).toBe('peer-self-1')
  expect(live().connection).toEqual({ state: 'connected' })
  expect(tracks().every(track => track !== null)).toBe(true)
  expect(server.asked('producer.create')).toHaveLength(2)
})

test('transports that could not be connected because the socket broke are built anew once it is back', async () => {
  server.rebuilds = true
  server.network.cut()
  firstSfu().failToConnect()
  server.network.up = true
  await vi.advanceTimersByTimeAsync(310)
  expect(device.connections).toHaveLength(2)
  expect(live().self.peerId).toBe('peer-self-1')
  expect(live().connection).toEqual({ state: 'connected' })
})

test('a stream that the server took without its answer arriving does not keep a person unseen', async () => {
  server.rebuilds = true
  server.swallowed.add('producer.create')
  await media.actions.startCam()
  await vi.advanceTimersByTimeAsync(9_999)
  server.swallowed.clear()
  await vi.advanceTimersByTimeAsync(200)
  expect(device.connections).toHaveLength(2)
  expect([...(device.connections[1]?.produced.keys() ?? [])]).toEqual(['mic', 'cam'])
  expect(live().connection).toEqual({ state: 'connected' })
})

test('a media path that cannot be mended ends in a failure after a minute', async () => {
  firstSfu().move('recv', 'failed')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(call.store.getState()).toMatchObject({ phase: 'failed', error: { code: 'connection-lost' }, canRetry: true })
})
