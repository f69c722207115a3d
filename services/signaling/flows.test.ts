import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { CodedError } from '#contracts/errors.ts'
import { StreamStarted, StreamStopped } from '#contracts/events/media.ts'
import { IceCandidateAdded, WebrtcConnected, WebrtcDisconnected } from '#contracts/events/signaling.ts'
import { ActiveSpeaker, SpeakerLevels, StreamPaused } from '#contracts/hints/media.ts'
import { ConsumerId, MeetingId, PeerId, ProducerId, TransportId, UserId } from '#contracts/ids.ts'
import { SignalingConnectionManage } from '#contracts/tasks/signaling.ts'
import type { TestClient } from '../shared/fixtures/test-client.ts'
import { openRig, type Rig } from './fixtures/signaling-rig.ts'

// Real sockets, threads and disks: a busy machine may take its time; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const coded = (code: string) => expect.objectContaining({ code })
const transportId = TransportId.parse('t')
const producerId = ProducerId.parse('p')
const consumerId = ConsumerId.parse('c')
const userId = UserId.parse('u0')
const codecs = [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }]

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig[Symbol.asyncDispose]())

describe('creating a meeting', () => {
  const owner = async () => (await rig.tokens.signOwner({ use: 'owner', userId })).token

  test('answers once it is recorded, with a code that others find it by', async () => {
    const client = await rig.connect()
    const { meeting } = await client.request('meeting.create', { title: ' Weekly ', ownerToken: await owner() })
    expect(meeting).toMatchObject({ title: 'Weekly', state: 'created', startedAtMs: null, participantCount: 0 })
    const lobby = await client.request('lobby.enter', { code: meeting.code })
    expect(lobby.meeting.meetingId).toBe(meeting.meetingId)
    const granted = await client.request('grant.request', { code: meeting.code, displayName: 'Ada' })
    expect(await client.request('session.open', { token: granted.token })).toMatchObject({ displayName: 'Ada' })
  })

  test('that fails for good answers with its code', async () => {
    rig.meetings.refuseWith = new CodedError('storage-failed', 'The disk is full.')
    const client = await rig.connect()
    await expect(client.request('meeting.create', { title: 'X', ownerToken: await owner() })).rejects.toEqual(
      coded('storage-failed'),
    )
  })
})

test('creating a meeting that nobody records is a timeout', async () => {
  await using slow = await openRig({ createTimeoutMs: 20 })
  slow.meetings.stall = true
  const client = await slow.connect()
  const { token } = await slow.tokens.signOwner({ use: 'owner', userId })
  await expect(client.request('meeting.create', { title: 'X', ownerToken: token })).rejects.toEqual(coded('timeout'))
})

describe('ending a meeting', () => {
  test('is for the host alone', async () => {
    const { client } = await rig.join()
    await expect(client.request('meeting.end', {})).rejects.toEqual(coded('forbidden'))
    expect(rig.meetings.ended).toEqual([])
  })

  test('tells everyone and closes their sessions, but not their sockets', async () => {
    const host = await rig.join({ role: 'host' })
    const guest = await rig.join()
    await host.client.request('meeting.end', {})
    for (const { client } of [host, guest]) {
      expect(await client.notification('meeting.ended')).toEqual({ reason: 'host-ended' })
      await expect(client.request('session.leave', {})).rejects.toEqual(coded('unauthenticated'))
    }
  })
})

describe('media', () => {
  test('each request reaches the media service for the peer of the session, whatever the client claims', async () => {
    const { client, peerId } = await rig.join()
    const claimed = { meetingId: MeetingId.parse('other'), peerId: PeerId.parse('other') }
    const dtlsParameters = { fingerprints: [{ algorithm: 'sha-256' as const, value: 'AA' }] }
    await client.request('transport.connect', { transportId, dtlsParameters, ...claimed })
    const produce = { transportId, kind: 'audio', source: 'mic', rtpParameters: { codecs }, paused: false } as const
    expect(await client.request('producer.create', produce)).toEqual({ producerId: 'producer-1' })
    await client.request('producer.pause', { producerId, paused: true })
    await client.request('producer.close', { producerId })
    expect(await client.request('consumer.create', { producerIds: [producerId] })).toEqual({
      consumers: [],
      refused: [{ producerId: 'p', code: 'producer-unknown' }],
    })
    await client.request('consumer.pause', { consumerIds: [consumerId], paused: false })
    await client.request('consumer.setPreferredLayers', { consumerId, spatialLayer: 2 })
    expect(rig.media.asked.map(({ name }) => name)).toEqual([
      'ConnectTransport',
      'CreateProducer',
      'PauseProducer',
      'CloseProducer',
      'CreateConsumers',
      'PauseConsumers',
      'SetPreferredLayers',
    ])
    for (const asked of rig.media.asked) expect(asked).toMatchObject({ peerId, meetingId: rig.meeting.meetingId })
  })

  test('its errors keep their code', async () => {
    const { client } = await rig.join()
    rig.media.refuseWith = new CodedError('producer-unknown', 'No such producer.')
    await expect(client.request('producer.close', { producerId })).rejects.toEqual(coded('producer-unknown'))
  })

  test('an ICE restart brings new credentials, and is a local event', async () => {
    const { client, peerId } = await rig.join()
    const added: string[] = []
    rig.service.localEvents.on(IceCandidateAdded, event => added.push(`${event.peerId} ${event.transportId}`))
    await client.request('transport.restartIce', { transportId })
    expect(await client.notification('webrtc.ice_candidate')).toMatchObject({ transportId: 't', iceCandidates: [] })
    expect(added).toEqual([`${peerId} t`])
  })

  test('changes of a connection become events', async () => {
    const published: string[] = []
    await using own = await openRig({}, messaging => {
      messaging.subscribe('meeting', WebrtcConnected, ({ peerId }) => void published.push(`connected ${peerId}`))
      messaging.subscribe('meeting', WebrtcDisconnected, ({ peerId }) => void published.push(`disconnected ${peerId}`))
    })
    const { peerId } = await own.join()
    const peer = { meetingId: own.meeting.meetingId, peerId, atMs: 1 }
    await own.messaging.enqueue(SignalingConnectionManage, { ...peer, change: 'connected' })
    await own.messaging.enqueue(SignalingConnectionManage, { ...peer, change: 'disconnected' })
    await own.messaging.idle()
    expect(published).toEqual([`connected ${peerId}`, `disconnected ${peerId}`])
  })
})

describe('what is written to disk for one session', () => {
  const offer = { rtpCapabilities: { codecs: [], headerExtensions: [] } }

  test('is limited over all its methods and sockets; what only passes through is not', async () => {
    await using own = await openRig({ durableRate: { perSecond: 0.001, burst: 3 } })
    const { client, token, resumeKey } = await own.join()
    await client.request('webrtc.offer', offer)
    await client.request('producer.close', { producerId })
    await client.request('transport.restartIce', { transportId })
    const limited = { code: 'rate-limited', retryAfterMs: expect.any(Number) }
    await expect(client.request('webrtc.offer', offer)).rejects.toMatchObject(limited)
    await client.request('producer.pause', { producerId, paused: true })
    const back = await own.connect()
    await back.request('session.open', { token, resumeKey })
    await expect(back.request('producer.close', { producerId })).rejects.toMatchObject(limited)
    await (await own.join()).client.request('webrtc.offer', offer)
    await own.messaging.idle()
    expect(own.media.offers).toHaveLength(2)
  })

  test('is enough for someone who cannot make up their mind about the camera, and reconnects', async () => {
    const { client } = await rig.join()
    const cam = { transportId, kind: 'video', source: 'cam', rtpParameters: { codecs }, paused: false } as const
    await client.request('webrtc.offer', offer)
    for (let toggles = 0; toggles < 10; toggles++) {
      await client.request('producer.create', cam)
      await client.request('producer.close', { producerId })
    }
    await client.request('webrtc.offer', offer)
    for (let streams = 0; streams < 3; streams++) await client.request('producer.create', cam)
    await rig.messaging.idle()
    expect(rig.media.offers).toHaveLength(2)
  })
})

describe('notifications', () => {
  const stream = () =>
    ({ meetingId: rig.meeting.meetingId, producerId, source: 'mic', kind: 'audio', atMs: 1 }) as const
  let owner: { client: TestClient; peerId: PeerId }
  let other: { client: TestClient; peerId: PeerId }
  beforeEach(async () => {
    owner = await rig.join()
    other = await rig.join()
  })

  test('of streams go to the others, in order, and not to their owner', async () => {
    const { peerId } = owner
    await rig.messaging.publish(StreamStarted, { ...stream(), peerId, paused: false })
    await rig.messaging.idle()
    rig.messaging.hint(StreamPaused, { meetingId: rig.meeting.meetingId, peerId, producerId, paused: true })
    await rig.messaging.publish(StreamStopped, { ...stream(), peerId })
    expect(await other.client.notification('stream.started')).toEqual({
      stream: { producerId, peerId, source: 'mic', kind: 'audio', paused: false },
    })
    expect(await other.client.notification('stream.paused')).toEqual({ producerId, peerId, paused: true })
    expect(await other.client.notification('stream.stopped')).toEqual({ producerId, peerId })
    await owner.client.settle()
    expect(owner.client.notified).toEqual(['peer.joined'])
  })

  test('of speakers go to everyone in the meeting', async () => {
    const { meetingId } = rig.meeting
    rig.messaging.hint(ActiveSpeaker, { meetingId, peerId: owner.peerId })
    rig.messaging.hint(SpeakerLevels, { meetingId, levels: [{ peerId: owner.peerId, volumeDbov: -30 }] })
    for (const { client } of [owner, other]) {
      expect(await client.notification('speaker.active')).toEqual({ peerId: owner.peerId })
      expect(await client.notification('speaker.levels')).toEqual({
        levels: [{ peerId: owner.peerId, volumeDbov: -30 }],
      })
    }
  })

  test('of another meeting go to nobody here', async () => {
    const meetingId = MeetingId.parse('elsewhere')
    const before = other.client.frames.length
    await rig.messaging.publish(StreamStopped, { ...stream(), meetingId, peerId: owner.peerId })
    rig.messaging.hint(ActiveSpeaker, { meetingId, peerId: owner.peerId })
    await rig.messaging.idle()
    await other.client.settle()
    expect(other.client.frames).toHaveLength(before)
  })
})
