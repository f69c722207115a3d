import { describe, expect, test } from 'vitest'
import { PeerId, ProducerId, UserId } from '#contracts/ids.ts'
import { MeetingView } from '#contracts/meeting.ts'
import { FakeTrack } from '../media/fake-media-devices.ts'
import { type CallEvent, reduceCall } from './call-reducer.ts'
import type { CallState, LiveCall } from './call-state.ts'
import { invite } from './fake-desktop.ts'
import { code, peerView, streamView } from './fake-meeting-server.ts'

const meeting = MeetingView.parse({
  meetingId: 'meeting-1',
  code,
  title: 'Weekly',
  state: 'started',
  startedAtMs: 5,
  participantCount: 2,
})
const self = {
  peerId: PeerId.parse('peer-self'),
  userId: UserId.parse('user-self'),
  displayName: 'Self',
  role: 'host',
} as const
const [ada, ben] = [peerView('Ada', 1_000), peerView('Ben', 2_000)]
const adaCam = streamView(ada, 'cam')
const track = new FakeTrack('video')

const reduce = (state: CallState, ...events: CallEvent[]) => events.reduce(reduceCall, state)
const lobby = reduce({ phase: 'idle' }, { type: 'prepared', invite, meeting, hosting: false })
const joining = reduce(lobby, { type: 'join' })
const live = (...events: CallEvent[]): LiveCall => {
  const state = reduce(joining, { type: 'opened', self, meeting, peers: [ada, ben] }, ...events)
  if (state.phase !== 'live') throw new Error(`the call is ${state.phase}`)
  return state
}
const consumed = {
  type: 'streams-consumed',
  consumed: [{ peerId: ada.peerId, producerId: adaCam.producerId, track }],
} as const

describe('phases', () => {
  test('a call is prepared, waits in the lobby, joins and is live', () => {
    expect(reduce({ phase: 'idle' }, { type: 'prepare', hosting: true })).toEqual({ phase: 'preparing', hosting: true })
    expect(lobby).toEqual({ phase: 'lobby', invite, meeting, hosting: false })
    expect(joining).toEqual({ phase: 'joining', invite, meeting, hosting: false })
    expect(live()).toMatchObject({ phase: 'live', activeSpeaker: null, connection: { state: 'connecting' } })
  })

  test('it ends with its reason, or fails with what may be tried again', () => {
    expect(reduce(live(), { type: 'ended', reason: 'host-ended' })).toEqual({
      phase: 'ended',
      reason: 'host-ended',
      meeting,
      invite,
    })
    const error = { code: 'connection-lost', message: 'Gone.' } as const
    expect(reduce(live(), { type: 'failed', error, canRetry: true })).toEqual({
      phase: 'failed',
      error,
      canRetry: true,
    })
    expect(reduce(live(), { type: 'home' })).toEqual({ phase: 'idle' })
  })

  test.each<CallEvent>([
    { type: 'join' },
    { type: 'opened', self, meeting, peers: [] },
    { type: 'resumed', meeting, peers: [ada] },
    { type: 'peer-joined', peer: ada },
    { type: 'peer-left', peerId: ada.peerId },
    { type: 'stream-started', stream: adaCam, track: null },
    consumed,
    { type: 'active-speaker', peerId: ada.peerId },
    { type: 'levels', levels: [] },
    { type: 'connection', connection: { state: 'connected' } },
    { type: 'ended', reason: 'left' },
  ])('at home, %o changes nothing', event => {
    const idle: CallState = { phase: 'idle' }
    expect(reduceCall(idle, event)).toBe(idle)
  })
})

describe('people', () => {
  test('come in the order of joining, however they are told', () => {
    const state = live({ type: 'peer-joined', peer: peerView('Early', 500) })
    expect([...state.peers.values()].map(({ displayName }) => displayName)).toEqual(['Early', 'Ada', 'Ben'])
  })

  test('never include oneself', () => {
    expect(live({ type: 'peer-joined', peer: { ...ada, peerId: self.peerId } }).peers.size).toBe(2)
  })

  test('who is told twice keeps their media', () => {
    const state = live({ type: 'stream-started', stream: adaCam, track: null }, consumed, {
      type: 'peer-joined',
      peer: ada,
    })
    expect(state.peers.get(ada.peerId)?.streams.get('cam')?.track).toBe(track)
  })

  test('who leaves takes their speaking along', () => {
    const state = live({ type: 'active-speaker', peerId: ada.peerId }, { type: 'peer-left', peerId: ada.peerId })
    expect([...state.peers.keys()]).toEqual([ben.peerId])
    expect(state.activeSpeaker).toBeNull()
  })

  test('after a resume those still there keep their media, the others are gone', () => {
    const carl = peerView('Carl', 3_000)
    const state = live({ type: 'stream-started', stream: adaCam, track: null }, consumed, {
      type: 'resumed',
      meeting,
      peers: [carl, ada],
    })
    expect([...state.peers.keys()]).toEqual([ada.peerId, carl.peerId])
    expect(state.peers.get(ada.peerId)?.streams.get('cam')?.track).toBe(track)
  })

  test('after a seat was taken anew nothing of the old one is left but the state of the connection', () => {
    const reconnecting = { state: 'reconnecting', sinceMs: 5 } as const
    const state = live(
      { type: 'stream-started', stream: adaCam, track: null },
      consumed,
      { type: 'connection', connection: reconnecting },
      { type: 'opened', self, meeting, peers: [ada] },
    )
    expect(state.peers.get(ada.peerId)?.streams.size).toBe(0)
    expect(state.connection).toEqual(reconnecting)
  })
})

describe('streams', () => {
  const started = { type: 'stream-started', stream: adaCam, track: null } as const

  test('start without a track, get it, pause and stop', () => {
    const cam = (...events: CallEvent[]) =>
      live(...events)
        .peers.get(ada.peerId)
        ?.streams.get('cam')
    const stream = { peerId: ada.peerId, producerId: adaCam.producerId }
    expect(cam(started)).toEqual({ producerId: adaCam.producerId, source: 'cam', paused: false, track: null })
    expect(cam(started, consumed)?.track).toBe(track)
    expect(cam(started, consumed, { type: 'stream-paused', ...stream, paused: true })).toMatchObject({
      paused: true,
      track,
    })
    expect(cam(started, consumed, { type: 'stream-stopped', ...stream })).toBeUndefined()
  })

  test('told twice stay as they are', () => {
    const before = live(started, consumed)
    expect(reduceCall(before, started)).toBe(before)
  })

  test('of a producer that was replaced by a newer one say nothing any more', () => {
    const newer = { ...adaCam, producerId: ProducerId.parse('newer') }
    const before = live(started, { type: 'stream-started', stream: newer, track: null })
    expect(reduceCall(before, consumed)).toBe(before)
    expect(reduceCall(before, { type: 'stream-stopped', peerId: ada.peerId, producerId: adaCam.producerId })).toBe(
      before,
    )
  })

  test('of unknown people are not shown', () => {
    const before = live()
    expect(reduceCall(before, { ...started, stream: { ...adaCam, peerId: PeerId.parse('stranger') } })).toBe(before)
  })
})

describe('levels', () => {
  test('are set for those listed, oneself too; all others are silent', () => {
    const loud = live({ type: 'levels', levels: [{ peerId: ada.peerId, volumeDbov: -20 }] })
    expect(loud.peers.get(ada.peerId)?.volumeDbov).toBe(-20)
    const quiet = reduceCall(loud, { type: 'levels', levels: [{ peerId: self.peerId, volumeDbov: -30 }] })
    expect(quiet).toMatchObject({ self: { volumeDbov: -30 } })
    expect(quiet.phase === 'live' && quiet.peers.get(ada.peerId)?.volumeDbov).toBe(-127)
  })

  test('that stay the same change nothing, so that nothing is drawn again', () => {
    const loud = live({ type: 'levels', levels: [{ peerId: ada.peerId, volumeDbov: -20 }] })
    expect(reduceCall(loud, { type: 'levels', levels: [{ peerId: ada.peerId, volumeDbov: -20 }] })).toBe(loud)
    const louder = reduceCall(loud, { type: 'levels', levels: [{ peerId: ada.peerId, volumeDbov: -10 }] })
    expect(louder.phase === 'live' && louder.peers.get(ben.peerId)).toBe(loud.peers.get(ben.peerId))
  })
})
