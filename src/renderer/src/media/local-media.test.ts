import { beforeEach, expect, test, vi } from 'vitest'
import { cam, FakeMediaDevices, FakeTrack, mic } from './fake-media-devices.ts'
import { type ChosenDevices, createLocalMedia, type LocalMedia, type MediaSettings } from './local-media.ts'
import type { Capture } from './local-media-state.ts'

const settings: MediaSettings = {
  microphoneId: null,
  cameraId: null,
  speakerId: null,
  joinMuted: false,
  videoQuality: 'standard',
}

let devices: FakeMediaDevices
let chosen: ChosenDevices[]
let media: LocalMedia

function open(changes: Partial<MediaSettings> = {}): LocalMedia {
  chosen = []
  media = createLocalMedia({ devices, settings: { ...settings, ...changes }, onChosen: choice => chosen.push(choice) })
  return media
}

function trackOf(capture: Capture): FakeTrack {
  if (capture.state !== 'on' || !(capture.track instanceof FakeTrack)) throw new Error(`the device is ${capture.state}`)
  return capture.track
}
const micTrack = () => trackOf(media.store.getState().mic)
const camTrack = () => trackOf(media.store.getState().cam)

beforeEach(() => {
  devices = new FakeMediaDevices()
})

test('the microphone is asked for one voice at 48 kHz with echo, noise and gain taken care of', async () => {
  await open().actions.startMic()
  expect(media.store.getState().mic).toMatchObject({ state: 'on', deviceId: 'm1' })
  expect(micTrack().constraints).toMatchObject({
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    channelCount: { ideal: 1 },
    sampleRate: { ideal: 48_000 },
  })
})

test('the camera takes 720p, or 360p for economy, and changes size while it runs', async () => {
  await open({ videoQuality: 'economy' }).actions.startCam()
  expect(camTrack().constraints).toMatchObject({ width: { ideal: 640 }, height: { ideal: 360 } })
  const before = camTrack()
  await media.actions.setVideoQuality('standard')
  expect(camTrack()).toBe(before)
  expect(camTrack().constraints).toMatchObject({ width: { ideal: 1280 }, height: { ideal: 720 } })
})

test('device names are known once a device was allowed', async () => {
  open()
  await vi.waitFor(() => expect(media.store.getState().microphones).toEqual([]))
  await media.actions.startMic()
  await vi.waitFor(() =>
    expect(media.store.getState()).toMatchObject({
      microphones: [
        { deviceId: 'm1', label: 'Microphone m1' },
        { deviceId: 'm2', label: 'Microphone m2' },
      ],
      cameras: [{ deviceId: 'c1', label: 'Camera c1' }],
      speakers: [{ deviceId: 's1', label: 'Speaker s1' }],
    }),
  )
})

test.each([
  ['NotAllowedError', 'denied'],
  ['NotFoundError', 'missing'],
  ['NotReadableError', 'busy'],
  ['TypeError', 'failed'],
])('%s is shown as %s', async (name, failure) => {
  devices.refusal = { name }
  await open().actions.startCam()
  expect(media.store.getState().cam).toEqual({ state: 'failed', failure })
})

test('a system that says no is not asked for the device at all', async () => {
  media = createLocalMedia({ devices, settings, requestAccess: async () => 'denied' })
  await media.actions.startMic()
  expect(media.store.getState().mic).toEqual({ state: 'failed', failure: 'denied' })
  expect(devices.opened).toEqual([])
})

test('a remembered device that is not there gives way to the default', async () => {
  await open({ microphoneId: 'left-at-work' }).actions.startMic()
  expect(media.store.getState().mic).toMatchObject({ state: 'on', deviceId: 'm1' })
})

test('a muted microphone stays open and gives silence, also one that is opened while muted', async () => {
  await open({ joinMuted: true }).actions.startMic()
  expect(micTrack().enabled).toBe(false)
  media.actions.setMicMuted(false)
  expect(micTrack().enabled).toBe(true)
  media.actions.setMicMuted(true)
  await media.actions.chooseMicrophone('m2')
  expect(micTrack().enabled).toBe(false)
})

test('choosing another microphone opens it, stops the old one and remembers the choice', async () => {
  await open().actions.startMic()
  const before = micTrack()
  await media.actions.chooseMicrophone('m2')
  expect(media.store.getState().mic).toMatchObject({ state: 'on', deviceId: 'm2' })
  expect(before.readyState).toBe('ended')
  expect(chosen).toEqual([{ microphoneId: 'm2' }])
})

test('choosing a device that is off only remembers it', async () => {
  await open().actions.chooseCamera('c1')
  media.actions.chooseSpeaker('s1')
  expect(media.store.getState()).toMatchObject({ cam: { state: 'off' }, cameraId: 'c1', speakerId: 's1' })
  expect(chosen).toEqual([{ cameraId: 'c1' }, { speakerId: 's1' }])
})

test('turning the camera off stops the device, and turning it on takes a new track', async () => {
  await open().actions.startCam()
  const before = camTrack()
  media.actions.stopCam()
  expect(media.store.getState().cam).toEqual({ state: 'off' })
  expect(before.readyState).toBe('ended')
  await media.actions.startCam()
  expect(camTrack()).not.toBe(before)
})

test('a camera that opens after it was turned off again is stopped unseen', async () => {
  open()
  const release = devices.hold()
  const starting = media.actions.startCam()
  expect(media.store.getState().cam).toEqual({ state: 'starting' })
  media.actions.stopCam()
  release()
  await starting
  expect(media.store.getState().cam).toEqual({ state: 'off' })
  expect(devices.opened.map(track => track.readyState)).toEqual(['ended'])
})

test('starting twice opens the device once', async () => {
  open()
  await Promise.all([media.actions.startMic(), media.actions.startMic()])
  expect(devices.opened).toHaveLength(1)
})

test('when the microphone is pulled out, another one takes over', async () => {
  await open().actions.startMic()
  devices.unplug('m1')
  await vi.waitFor(() => expect(media.store.getState().mic).toMatchObject({ state: 'on', deviceId: 'm2' }))
})

test('when the only microphone is pulled out it says so, and goes on when one is plugged in', async () => {
  devices = new FakeMediaDevices([mic('m1')])
  await open().actions.startMic()
  devices.unplug('m1')
  await vi.waitFor(() => expect(media.store.getState().microphones).toEqual([]))
  expect(media.store.getState().mic).toEqual({ state: 'failed', failure: 'unplugged' })
  devices.plug(mic('m9'))
  await vi.waitFor(() => expect(media.store.getState().mic).toMatchObject({ state: 'on', deviceId: 'm9' }))
})

test('a microphone that is plugged in where there was none starts by itself, but muted', async () => {
  devices = new FakeMediaDevices([cam('c1')])
  await open().actions.startMic()
  await media.actions.startCam()
  expect(media.store.getState()).toMatchObject({ mic: { state: 'failed', failure: 'missing' }, micMuted: false })
  devices.plug(mic('m9'))
  await vi.waitFor(() => expect(media.store.getState().mic).toMatchObject({ state: 'on', deviceId: 'm9' }))
  expect(media.store.getState().micMuted).toBe(true)
  expect(micTrack().enabled).toBe(false)
})

test('a camera that is pulled out stays off, whatever other camera there is', async () => {
  devices = new FakeMediaDevices([cam('c1'), cam('c2')])
  await open().actions.startCam()
  devices.unplug('c1')
  await vi.waitFor(() => expect(media.store.getState().cameras).toEqual([{ deviceId: 'c2', label: 'Camera c2' }]))
  expect(media.store.getState().cam).toEqual({ state: 'failed', failure: 'unplugged' })
})

test('closing stops both devices and listens no more', async () => {
  await open().actions.startMic()
  await media.actions.startCam()
  media.close()
  expect(devices.opened.map(track => track.readyState)).toEqual(['ended', 'ended'])
  devices.plug(mic('m9'))
  expect(media.store.getState().mic).toEqual({ state: 'off' })
})
