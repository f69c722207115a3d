import { cleanup, render } from '@testing-library/react'
import { afterEach, expect, test, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { PeerId, UserId } from '#contracts/ids.ts'
import { MeetingView } from '#contracts/meeting.ts'
import { FakeMediaDevices, FakeTrack } from '../media/fake-media-devices.ts'
import { createLocalMedia } from '../media/local-media.ts'
import { LocalMediaProvider } from '../media/local-media-context.tsx'
import type { Call } from './call.ts'
import { CallProvider } from './call-context.tsx'
import { type CallEvent, reduceCall } from './call-reducer.ts'
import type { CallActions, CallState } from './call-state.ts'
import { invite } from './fake-desktop.ts'
import { code, peerView, streamView } from './fake-meeting-server.ts'
import { createJoinTimeline } from './join-timeline.ts'
import { RemoteAudio } from './RemoteAudio.tsx'

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const [ada, ben] = [peerView('Ada', 1), peerView('Ben', 2)]
const meeting = MeetingView.parse({
  meetingId: 'm',
  code,
  title: 'Weekly',
  state: 'started',
  startedAtMs: 1,
  participantCount: 3,
})
const self = {
  peerId: PeerId.parse('self'),
  userId: UserId.parse('self'),
  displayName: 'Self',
  role: 'host',
} as const

function setUp(...events: CallEvent[]) {
  // happy-dom’s streams take only its own tracks
  vi.stubGlobal(
    'MediaStream',
    class extends MediaStream {
      readonly given: MediaStreamTrack[]
      constructor(tracks: MediaStreamTrack[]) {
        super()
        this.given = tracks
      }
    },
  )
  const store = createStore<CallState>(() =>
    [
      { type: 'prepared', invite, meeting, hosting: true } as const,
      { type: 'join' } as const,
      { type: 'opened', self, meeting, peers: [ada, ben] } as const,
      ...events,
    ].reduce<CallState>(reduceCall, { phase: 'idle' }),
  )
  const nothing = async () => {}
  const actions: CallActions = {
    newMeeting: nothing,
    openInvite: nothing,
    openRecent: nothing,
    join: nothing,
    leave: nothing,
    endForAll: async () => true,
    retry: nothing,
    goHome: nothing,
  }
  const call: Call = { store, actions, timeline: createJoinTimeline(), getStats: async () => null, close: () => {} }
  const localMedia = createLocalMedia({
    devices: new FakeMediaDevices(),
    settings: { microphoneId: null, cameraId: null, speakerId: 's1', joinMuted: false, videoQuality: 'standard' },
  })
  const { container } = render(
    <LocalMediaProvider localMedia={localMedia}>
      <CallProvider call={call}>
        <RemoteAudio />
      </CallProvider>
    </LocalMediaProvider>,
  )
  return [...container.querySelectorAll('audio')]
}

test('every voice that has arrived is played, each by its own element, and pictures by none', () => {
  const voice = new FakeTrack('audio')
  const [mic, cam] = [streamView(ada, 'mic'), streamView(ada, 'cam')]
  const audios = setUp(
    { type: 'stream-started', stream: mic, track: voice },
    { type: 'stream-started', stream: cam, track: new FakeTrack('video') },
    { type: 'stream-started', stream: streamView(ben, 'mic'), track: null },
  )
  expect(audios.map(audio => audio.dataset.peerId)).toEqual([ada.peerId])
  expect(audios[0]?.autoplay).toBe(true)
  expect(audios[0]?.srcObject).toMatchObject({ given: [voice] })
})
