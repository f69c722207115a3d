import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CodedError } from '#contracts/errors.ts'
import { ProducerId } from '#contracts/ids.ts'
import { formatInvite } from '#contracts/invite.ts'
import { FakeMediaDevices } from '../media/fake-media-devices.ts'
import { FakeSfuDevice } from '../media/fake-sfu.ts'
import { createLocalMedia, type LocalMedia } from '../media/local-media.ts'
import { type Call, createCall } from './call.ts'
import type { CallState, LiveCall } from './call-state.ts'
import { type FakeDesktop, fakeDesktop, hostServer, invite } from './fake-desktop.ts'
import { code, FakeMeetingServer, peerView, streamView } from './fake-meeting-server.ts'

let server: FakeMeetingServer
let desktop: FakeDesktop
let device: FakeSfuDevice
let media: LocalMedia
let call: Call

beforeEach(() => {
  vi.spyOn(console, 'debug').mockImplementation(() => {})
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
})
afterEach(() => {
  call.close()
  media.close()
  vi.restoreAllMocks()
})

const state = () => call.store.getState()
const live = (): LiveCall => {
  const now = state()
  if (now.phase !== 'live') throw new Error(`the call is ${now.phase}`)
  return now
}
const phase = (wanted: CallState['phase']) => vi.waitFor(() => expect(state().phase).toBe(wanted))
const names = () => [...live().peers.values()].map(({ displayName }) => displayName)

async function goLive(): Promise<void> {
  await call.actions.openInvite(formatInvite(invite))
  await media.actions.startMic()
  await media.actions.startCam()
  await call.actions.join('Self')
  await vi.waitFor(() => expect(live().connection).toEqual({ state: 'connected' }))
}

describe('on the way to the lobby', () => {
  test('a new meeting starts the services here, is created, remembered and entered', async () => {
    const creating = call.actions.newMeeting('Weekly')
    expect(state()).toEqual({ phase: 'preparing', hosting: true })
    await creating
    expect(state()).toMatchObject({ phase: 'lobby', hosting: true, invite: { code, server: hostServer } })
    expect(server.asked('meeting.create')).toEqual([{ title: 'Weekly', ownerToken: server.ownerToken }])
    expect(desktop.recents).toMatchObject([{ title: 'Weekly', hostedHere: true, invite: { code, server: hostServer } }])
  })

  test('a pasted link leads to the meeting on its own server, without any service here', async () => {
    await call.actions.openInvite(formatInvite(invite))
    expect(state()).toMatchObject({ phase: 'lobby', hosting: false, invite, meeting: { title: 'Weekly' } })
    expect(server.network.opened).toEqual([invite.server])
    expect(desktop.hostStarts).toBe(0)
  })

  test('a bare code is looked up among the servers this app knows', async () => {
    await call.actions.openInvite(' ABC defg HIJ ')
    expect(state()).toMatchObject({ phase: 'lobby', invite })
  })

  test('a meeting of one’s own is opened where the services run now', async () => {
    desktop.recents = [{ invite, title: 'Mine', lastJoinedAtMs: 0, hostedHere: true }]
    await call.actions.openRecent(invite)
    expect(desktop.hostStarts).toBe(1)
    expect(state()).toMatchObject({ phase: 'lobby', hosting: true, invite: { code, server: hostServer } })
  })

  test('what is neither link nor code is told at once, and there is nothing to try again', async () => {
    await call.actions.openInvite('not a link')
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'invite-invalid' }, canRetry: false })
    await call.actions.retry()
    expect(state().phase).toBe('failed')
  })

  test('a code that nobody knows is looked up anew when tried again', async () => {
    const { resolve } = desktop.api.recents
    desktop.api.recents.resolve = async () => ({
      ok: false,
      error: { code: 'meeting-unknown', message: 'No such meeting.' },
    })
    await call.actions.openInvite(code)
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'meeting-unknown' }, canRetry: true })
    desktop.api.recents.resolve = resolve
    await call.actions.retry()
    expect(state()).toMatchObject({ phase: 'lobby', invite })
  })

  test('a link to a meeting that its server does not know leads nowhere', async () => {
    server.refusals.set('lobby.enter', new CodedError('meeting-unknown', 'No such meeting.'))
    await call.actions.openInvite(formatInvite(invite))
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'meeting-unknown' }, canRetry: false })
  })

  test.each(['meeting-ended', 'meeting-unknown'] as const)(
    'a meeting that is gone (%s) is remembered no more',
    async gone => {
      const other = { ...invite, server: { ...invite.server, pin: hostServer.pin } }
      desktop.recents = [{ invite, title: 'Weekly', lastJoinedAtMs: 0, hostedHere: false }]
      server.refusals.set('lobby.enter', new CodedError(gone, 'Gone.'))
      // somebody else’s word counts for nothing
      await call.actions.openInvite(formatInvite(other))
      expect(desktop.recents).toHaveLength(1)
      await call.actions.openRecent(invite)
      expect(state()).toMatchObject({ phase: 'failed', error: { code: gone }, canRetry: false })
      expect(desktop.recents).toEqual([])
    },
  )

  test('a new meeting is remembered before its lobby opens, and goes on where it cannot be', async () => {
    const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof desktop.api.recents.add>>>()
    desktop.api.recents.add = () => promise
    desktop.api.host.ownerToken = async () => ({ ok: true, value: { ownerToken: null } })
    const creating = call.actions.newMeeting('Weekly')
    await vi.waitFor(() => expect(server.asked('meeting.create')).toHaveLength(1))
    await new Promise(done => setTimeout(done))
    expect(state().phase).toBe('preparing')
    resolve({ ok: false, error: { code: 'storage-failed', message: 'Disk full.' } })
    await creating
    await call.actions.join('Self')
    expect(server.asked('grant.request')).toEqual([{ code, displayName: 'Self', ownerToken: server.ownerToken }])
  })

  test.each([
    ['one’s own', { invite, title: 'Mine', lastJoinedAtMs: 0, hostedHere: true }, 1],
    ['known', { invite, title: 'Weekly', lastJoinedAtMs: 0, hostedHere: false }, 1],
    [
      'on another server than the one known',
      { invite: { ...invite, server: hostServer }, title: 'Weekly', lastJoinedAtMs: 0, hostedHere: false },
      0,
    ],
    ['never heard of', null, 0],
  ])('the name of a person is told before they press Join only where it is known: %s', async (_, recent, grants) => {
    desktop.displayName = 'Self'
    desktop.recents = recent ? [recent] : []
    await call.actions.openInvite(formatInvite(invite))
    await new Promise(done => setTimeout(done))
    expect(server.asked('grant.request')).toHaveLength(grants)
  })

  test('a server that does not answer can be tried again', async () => {
    server.network.up = false
    await call.actions.openInvite(formatInvite(invite))
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'server-unreachable' }, canRetry: true })
    server.network.up = true
    await call.actions.retry()
    expect(state().phase).toBe('lobby')
  })

  test('services that do not start are a failure of hosting, and trying again creates the meeting', async () => {
    desktop.hostFailure = { ok: false, error: { code: 'services-failed', message: 'Port taken.' } }
    await call.actions.newMeeting('Weekly')
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'services-failed' }, canRetry: true })
    desktop.hostFailure = null
    await call.actions.retry()
    expect(state()).toMatchObject({ phase: 'lobby', hosting: true })
  })

  test('an ended meeting has no lobby', async () => {
    server.meetingState = 'ended'
    await call.actions.openRecent(invite)
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'meeting-ended' }, canRetry: false })
  })

  test('going home midway leaves nothing behind, and what comes late changes nothing', async () => {
    const opening = call.actions.openInvite(formatInvite(invite))
    await call.actions.goHome()
    await opening
    expect(state()).toEqual({ phase: 'idle' })
    expect(server.network.openSockets).toBe(0)
  })

  test('opening another meeting meanwhile wins', async () => {
    const first = call.actions.openInvite('not a link')
    const second = call.actions.openInvite(formatInvite(invite))
    await Promise.all([first, second])
    expect(state().phase).toBe('lobby')
    expect(server.network.openSockets).toBe(1)
  })
})

describe('joining', () => {
  test('takes a seat, publishes what is on and receives everybody with one question', async () => {
    server.arrive('Ada')
    server.arrive('Ben', 2_000)
    await goLive()
    expect(live()).toMatchObject({ self: { displayName: 'Self', peerId: 'peer-self-1' }, invite })
    expect(names()).toEqual(['Ada', 'Ben'])
    await vi.waitFor(() => expect(server.asked('producer.create')).toHaveLength(2))
    expect(server.asked('producer.create')).toMatchObject([
      { source: 'mic', kind: 'audio', paused: false },
      { source: 'cam', kind: 'video', paused: false },
    ])
    expect(server.asked('consumer.create')).toHaveLength(1)
    const kinds = () =>
      [...live().peers.values()].flatMap(({ streams }) => [...streams.values()].map(({ track }) => track?.kind))
    await vi.waitFor(() => expect(kinds()).toEqual(['audio', 'video', 'audio', 'video']))
    expect(desktop.recents).toMatchObject([{ invite, hostedHere: false }])
  })

  test('asks for a grant first, then opens and offers in one breath, then asks for media before it sends any', async () => {
    server.arrive('Ada')
    await goLive()
    await vi.waitFor(() => expect(server.asked('producer.create')).toHaveLength(2))
    const methods = server.requests.map(({ method }) => method)
    expect(methods.slice(0, 5)).toEqual([
      'lobby.enter',
      'grant.request',
      'session.open',
      'webrtc.offer',
      'consumer.create',
    ])
  })

  test('under last time’s name has its grant already; another name, or a grant that grew old, gets a new one', async () => {
    desktop.displayName = 'Self'
    desktop.recents = [{ invite, title: 'Weekly', lastJoinedAtMs: 0, hostedHere: false }]
    await call.actions.openInvite(formatInvite(invite))
    await vi.waitFor(() => expect(server.asked('grant.request')).toHaveLength(1))
    await call.actions.join('Self')
    expect(server.asked('session.open')).toEqual([{ token: 'grant-1' }])
    expect(server.asked('grant.request')).toHaveLength(1)

    await call.actions.leave()
    await call.actions.retry()
    await call.actions.join('Somebody else')
    expect(server.asked('grant.request').at(-1)).toEqual({ code, displayName: 'Somebody else' })
    expect(live().self.peerId).toBe('peer-self-3')

    await call.actions.leave()
    await call.actions.retry()
    await vi.waitFor(() => expect(server.asked('grant.request')).toHaveLength(4))
    server.expired.add('grant-4')
    await call.actions.join('Self')
    expect(live().self.peerId).toBe('peer-self-5')
  })

  test('marks its steps for those who measure', async () => {
    server.arrive('Ada')
    await goLive()
    await vi.waitFor(() => expect([...call.timeline.read().keys()]).toContain('consumed'))
    expect([...call.timeline.read().keys()]).toEqual([
      'click',
      'grant',
      'opened',
      'answer',
      'transports',
      'dtls',
      'consumed',
    ])
    expect(performance.getEntriesByName('parley:join:answer')).toHaveLength(1)
  })

  test('as the host shows the owner token', async () => {
    await call.actions.newMeeting('Weekly')
    await call.actions.join('Self')
    expect(server.asked('grant.request')).toEqual([{ code, displayName: 'Self', ownerToken: server.ownerToken }])
  })

  test('muted and without camera publishes a paused microphone and no camera', async () => {
    await call.actions.openInvite(formatInvite(invite))
    media.actions.setMicMuted(true)
    await media.actions.startMic()
    await call.actions.join('Self')
    await vi.waitFor(() => expect(server.asked('producer.create')).toMatchObject([{ source: 'mic', paused: true }]))
  })

  test('reopens the lobby’s socket silently when it died meanwhile', async () => {
    await call.actions.openInvite(formatInvite(invite))
    server.network.cut()
    server.network.up = true
    expect(state().phase).toBe('lobby')
    await call.actions.join('Self')
    expect(state().phase).toBe('live')
  })

  test('fails when the meeting has ended since, with the devices off', async () => {
    await call.actions.openInvite(formatInvite(invite))
    await media.actions.startCam()
    server.meetingState = 'ended'
    await call.actions.join('Self')
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'meeting-ended' }, canRetry: false })
    expect(media.store.getState().cam).toEqual({ state: 'off' })
    expect(server.network.openSockets).toBe(0)
  })

  test('is given up by going home; a seat that was taken meanwhile is given back', async () => {
    await call.actions.openInvite(formatInvite(invite))
    const joining = call.actions.join('Self')
    await vi.waitFor(() => expect(server.seated).not.toBeNull())
    await call.actions.goHome()
    await joining
    await vi.waitFor(() => expect(server.seated).toBeNull())
    expect(state()).toEqual({ phase: 'idle' })
    await vi.waitFor(() => expect(server.network.openSockets).toBe(0))
  })

  test('fails when no way for media is offered', async () => {
    vi.useFakeTimers()
    server.answers = false
    await call.actions.openInvite(formatInvite(invite))
    await call.actions.join('Self')
    await vi.advanceTimersByTimeAsync(300)
    expect(live().connection).toEqual({ state: 'connecting' })
    await vi.advanceTimersByTimeAsync(15_000)
    expect(state()).toMatchObject({ phase: 'failed', error: { code: 'media-unavailable' }, canRetry: true })
    vi.useRealTimers()
  })
})

describe('while live', () => {
  test('people come with their media and go', async () => {
    await goLive()
    const ada = server.arrive('Ada')
    await vi.waitFor(() => expect(live().peers.get(ada.peerId)?.streams.get('cam')?.track).toBeTruthy())
    server.notify('peer.left', { peerId: ada.peerId, reason: 'left' })
    await vi.waitFor(() => expect(live().peers.size).toBe(0))
    expect(device.connections[0]?.released).toHaveLength(2)
  })

  test('a stream that is known before its peer is shown with it', async () => {
    await goLive()
    const { peerId, ...ada } = server.arrive('Ada')
    server.notify('peer.left', { peerId, reason: 'left' })
    await vi.waitFor(() => expect(live().peers.size).toBe(0))
    for (const stream of server.streams) server.notify('stream.started', { stream })
    await vi.waitFor(() => expect(server.asked('consumer.pause').length).toBeGreaterThan(1))
    server.notify('peer.joined', { peer: { peerId, ...ada } })
    await vi.waitFor(() => expect(live().peers.get(peerId)?.streams.get('mic')?.track).toBeTruthy())
  })

  test.each([
    ['the first answer', async () => {}],
    [
      'a later answer',
      async () => {
        server.answers = true
        server.answer()
        await vi.waitFor(() => expect(live().connection).toEqual({ state: 'connected' }))
        server.answers = false
        server.rebuilds = true
        device.connections[0]?.failToConnect()
        await vi.waitFor(() => expect(server.asked('webrtc.offer')).toHaveLength(2))
      },
    ],
  ])('news of streams that overtake %s are not lost, in their order', async (_, until) => {
    server.answers = false
    await call.actions.openInvite(formatInvite(invite))
    await call.actions.join('Self')
    await vi.waitFor(() => expect(live().peers.size).toBe(0))
    await until()
    const { peerId } = server.arrive('Ada')
    const [mic, cam] = server.streams
    if (!mic || !cam) throw new Error('no streams')
    server.notify('stream.paused', { peerId, producerId: mic.producerId, paused: true })
    server.notify('stream.stopped', { peerId, producerId: cam.producerId })
    await vi.waitFor(() => expect(live().peers.size).toBe(1))
    server.streams = []
    server.answer()
    server.streams = [{ ...mic, paused: true }]
    await vi.waitFor(() => expect(live().peers.get(peerId)?.streams.get('mic')?.track).toBeTruthy())
    expect([...(live().peers.get(peerId)?.streams.values() ?? [])]).toMatchObject([{ source: 'mic', paused: true }])
  })

  test('a stream that is muted before it is told of is shown muted', async () => {
    await goLive()
    const peer = peerView('Ada')
    const mic = streamView(peer, 'mic')
    server.notify('peer.joined', { peer })
    server.notify('stream.paused', { peerId: peer.peerId, producerId: mic.producerId, paused: true })
    server.notify('stream.started', { stream: mic })
    await vi.waitFor(() => expect(live().peers.get(peer.peerId)?.streams.get('mic')).toMatchObject({ paused: true }))
  })

  test('whether a stream is muted is as the server says when it is received, unless a later word has come', async () => {
    await goLive()
    const { peerId } = server.arrive('Ada')
    const streams = () => live().peers.get(peerId)?.streams
    server.streams = server.streams.map(stream => ({ ...stream, paused: true }))
    server.notify('stream.paused', { peerId, producerId: ProducerId.parse(`${peerId}-mic`), paused: false })
    await vi.waitFor(() => expect(streams()?.get('cam')?.track).toBeTruthy())
    expect([streams()?.get('mic')?.paused, streams()?.get('cam')?.paused]).toEqual([false, true])
  })

  test('mute, speaker and levels of the others are shown', async () => {
    await goLive()
    const { peerId } = server.arrive('Ada')
    await vi.waitFor(() => expect(live().peers.get(peerId)?.streams.size).toBe(2))
    const producerId = live().peers.get(peerId)?.streams.get('mic')?.producerId
    if (!producerId) throw new Error('no microphone')
    server.notify('stream.paused', { peerId, producerId, paused: true })
    server.notify('speaker.active', { peerId })
    server.notify('speaker.levels', { levels: [{ peerId, volumeDbov: -17 }] })
    await vi.waitFor(() => expect(live().peers.get(peerId)?.volumeDbov).toBe(-17))
    expect(live().activeSpeaker).toBe(peerId)
    expect(live().peers.get(peerId)?.streams.get('mic')?.paused).toBe(true)
  })

  test('muting pauses the producer and keeps the device; unmuting resumes it', async () => {
    await goLive()
    await vi.waitFor(() => expect(server.asked('producer.create')).toHaveLength(2))
    media.actions.setMicMuted(true)
    await vi.waitFor(() => expect(server.asked('producer.pause')).toEqual([{ producerId: 'own-1', paused: true }]))
    expect(media.store.getState().mic.state).toBe('on')
    media.actions.setMicMuted(false)
    await vi.waitFor(() => expect(server.asked('producer.pause')).toHaveLength(2))
    expect(server.asked('producer.pause')[1]).toEqual({ producerId: 'own-1', paused: false })
  })

  test('camera off pauses and gives the track away; on again resumes with the new one, without a new producer', async () => {
    await goLive()
    await vi.waitFor(() => expect(server.asked('producer.create')).toHaveLength(2))
    const sfu = device.connections[0]
    media.actions.stopCam()
    await vi.waitFor(() => expect(sfu?.produced.get('cam')).toBeNull())
    expect(server.asked('producer.pause')).toEqual([{ producerId: 'own-2', paused: true }])
    await media.actions.startCam()
    await vi.waitFor(() => expect(server.asked('producer.pause')).toHaveLength(2))
    const { cam } = media.store.getState()
    expect(cam.state === 'on' && sfu?.produced.get('cam') === cam.track).toBe(true)
    expect(server.asked('producer.create')).toHaveLength(2)
  })

  test('another microphone takes the place of the first without a new producer', async () => {
    await goLive()
    await vi.waitFor(() => expect(server.asked('producer.create')).toHaveLength(2))
    await media.actions.chooseMicrophone('m2')
    const { mic } = media.store.getState()
    await vi.waitFor(() =>
      expect(mic.state === 'on' && device.connections[0]?.produced.get('mic') === mic.track).toBe(true),
    )
    expect(server.asked('producer.pause')).toEqual([])
  })

  test('leaving says goodbye, turns the devices off and is an end', async () => {
    await goLive()
    await call.actions.leave()
    expect(state()).toMatchObject({ phase: 'ended', reason: 'left', invite })
    await vi.waitFor(() => expect(server.network.openSockets).toBe(0))
    expect(server.asked('session.leave')).toHaveLength(1)
    expect(device.connections[0]?.closed).toBe(true)
    expect(media.store.getState()).toMatchObject({ mic: { state: 'off' }, cam: { state: 'off' } })
  })

  test('after leaving one can come back', async () => {
    await goLive()
    await call.actions.leave()
    await call.actions.retry()
    expect(state().phase).toBe('lobby')
    await call.actions.join('Self')
    expect(live().self.peerId).toBe('peer-self-2')
  })

  test('the host ends it for everyone', async () => {
    await goLive()
    await call.actions.endForAll()
    expect(state()).toMatchObject({ phase: 'ended', reason: 'host-ended' })
  })

  test('when the host’s app quits, the meeting has ended', async () => {
    await goLive()
    server.notify('meeting.ended', { reason: 'host-quit' })
    await phase('ended')
    expect(state()).toMatchObject({ reason: 'host-quit' })
    expect(server.network.openSockets).toBe(0)
  })

  test('a seat that was taken over elsewhere is a failure with its code', async () => {
    await goLive()
    server.notify('session.closed', { error: { code: 'session-replaced', message: 'Elsewhere.' } })
    await phase('failed')
    expect(state()).toMatchObject({ error: { code: 'session-replaced' }, canRetry: true })
  })

  test('an offer that is refused is a failure with its code', async () => {
    server.refusals.set('webrtc.offer', new CodedError('media-rejected', 'No.'))
    await call.actions.openInvite(formatInvite(invite))
    await call.actions.join('Self')
    await phase('failed')
    expect(state()).toMatchObject({ error: { code: 'media-rejected' } })
  })
})
