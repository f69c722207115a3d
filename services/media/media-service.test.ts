import { expect, test, vi } from 'vitest'
import { CodedError } from '#contracts/errors.ts'
import { MeetingCreated, MeetingStarted, UserJoined } from '#contracts/events/meeting.ts'
import { WebrtcAnswer, WebrtcIceCandidate } from '#contracts/events/signaling.ts'
import { StreamPaused } from '#contracts/hints/media.ts'
import { ConsumerId, MeetingCode, MeetingId, PeerId, ProducerId, TransportId, UserId } from '#contracts/ids.ts'
import * as requests from '#contracts/requests/media.ts'
import { Departures } from './departures.ts'
import { MediaRig } from './fixtures/media-rig.ts'
import { camParameters, micParameters, vp8OnlyCapabilities } from './fixtures/rtp.ts'
import { Room } from './room.ts'

// Real processes and real time: a busy machine may be slow
vi.setConfig({ testTimeout: 30_000 })

const ada = PeerId.parse('ada')
const codeOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'done',
    error => (error instanceof CodedError ? error.code : error),
  )

test('an offer is answered with both transports, on one port, over UDP and TCP, and with the streams of the others', async () => {
  await using rig = await MediaRig.open()
  const first = await rig.join()
  expect(first.answer.streams).toEqual([])
  const producerId = await rig.produce(first, 'mic')
  const { answer } = await rig.join()
  expect(answer.streams).toEqual([{ producerId, peerId: first.peerId, source: 'mic', kind: 'audio', paused: false }])
  expect(answer.sendTransport.id).not.toBe(answer.recvTransport.id)
  for (const { iceCandidates, dtlsParameters } of [answer.sendTransport, answer.recvTransport]) {
    expect(iceCandidates.map(({ protocol, port }) => [protocol, port])).toEqual([
      ['udp', rig.media.port],
      ['tcp', rig.media.port],
    ])
    expect(dtlsParameters.fingerprints.some(({ algorithm }) => algorithm === 'sha-256')).toBe(true)
  }
})

test('the router’s capabilities name Opus, VP8, VP9 and H264 before anybody is in a room', async () => {
  await using rig = await MediaRig.open()
  const { routerRtpCapabilities } = await rig.messaging.request(requests.ReadRouterCapabilities, {})
  const names = routerRtpCapabilities.codecs.map(({ mimeType }) => mimeType).filter(name => name !== 'video/rtx')
  expect(names).toEqual(['audio/opus', 'video/VP8', 'video/VP9', 'video/H264'])
  expect(rig.media.status()).toMatchObject({ workersAlive: 1, workersWanted: 1, rooms: 0, peers: 0 })
})

test('the same offer delivered twice is answered twice with the same transports', async () => {
  await using rig = await MediaRig.open()
  await rig.offer(ada, { atMs: 1_000 })
  await rig.offer(ada, { atMs: 1_000 })
  const [first, second] = rig.answers.all
  expect(rig.answers.all).toHaveLength(2)
  expect(second?.answer).toEqual(first?.answer)
  expect(rig.media.status().peers).toBe(1)
})

test('a later offer of the same peer gets new transports, and its old streams stop', async () => {
  await using rig = await MediaRig.open()
  const before = await rig.join()
  const producerId = await rig.produce(before, 'cam')
  await rig.offer(before.peerId, { atMs: Date.now() + 1 })
  const after = rig.answers.all.at(-1)
  expect(after?.answer.sendTransport.id).not.toBe(before.answer.sendTransport.id)
  expect(rig.streams.all.map(({ event, producerId }) => [event, producerId])).toEqual([
    ['started', producerId],
    ['stopped', producerId],
  ])
  expect(await codeOf(rig.produce(before, 'cam'))).toBe('transport-unknown')
})

test('an offer older than the seat changes nothing', async () => {
  await using rig = await MediaRig.open()
  await rig.offer(ada, { atMs: 2_000 })
  await rig.offer(ada, { atMs: 1_000 })
  expect(rig.answers.all).toHaveLength(1)
})

test('an offer that arrives after its peer left brings no ghost', async () => {
  await using rig = await MediaRig.open()
  await rig.leave(ada)
  await rig.offer(ada, { atMs: 1_000 })
  expect(rig.answers.all).toEqual([])
  expect(rig.media.status()).toMatchObject({ rooms: 0, peers: 0 })
})

test('an offer whose peer leaves while its room is made brings no ghost', async () => {
  await using rig = await MediaRig.open()
  const [making, finishing] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const { create } = Room
  vi.spyOn(Room, 'create').mockImplementationOnce(async (...room) => {
    making.resolve()
    await finishing.promise
    return await create.apply(Room, room)
  })
  const heardOf = vi.spyOn(Departures.prototype, 'add')
  const offering = rig.offer(ada, { atMs: 1_000 })
  await making.promise
  const leaving = rig.leave(ada, 1_001)
  await expect.poll(() => heardOf.mock.calls, { timeout: 20_000 }).toEqual([[ada, 1_001]])
  finishing.resolve()
  await Promise.all([offering, leaving])
  expect(rig.answers.all).toEqual([])
  expect(rig.media.status().peers).toBe(0)
})

test('a departure from before the offer, heard late after a restart, leaves the peer in its seat', async () => {
  await using rig = await MediaRig.open()
  await rig.offer(ada, { atMs: 2_000 })
  await rig.leave(ada, 1_000)
  expect(rig.media.status().peers).toBe(1)
  await rig.leave(ada, 2_001)
  expect(rig.media.status().peers).toBe(0)
})

test('the first offers of a meeting meet in one room', async () => {
  await using rig = await MediaRig.open({ workers: 2 })
  await Promise.all(['a', 'b', 'c', 'd'].map(name => rig.offer(PeerId.parse(name))))
  expect(rig.answers.all).toHaveLength(4)
  expect(rig.media.status()).toMatchObject({ rooms: 1, peers: 4 })
})

test('a created meeting has its room ready, and an empty room is freed', async () => {
  await using rig = await MediaRig.open({ emptyRoomAfterMs: 50 })
  const { meetingId } = rig
  const code = MeetingCode.parse('abc-defg-hij')
  await rig.messaging.publish(MeetingCreated, {
    meetingId,
    atMs: 1,
    code,
    title: 'Test',
    createdBy: UserId.parse('u'),
  })
  await rig.messaging.idle()
  expect(rig.media.status().rooms).toBe(1)
  await expect.poll(() => rig.media.status().rooms, { timeout: 10_000 }).toBe(0)
  await rig.join()
  expect(rig.media.status()).toMatchObject({ rooms: 1, peers: 1 })
})

test('a room that was freed as empty is ready again when its meeting starts, and when somebody joins it', async () => {
  await using rig = await MediaRig.open({ emptyRoomAfterMs: 50 })
  const { meetingId } = rig
  const joined = { meetingId, peerId: ada, userId: UserId.parse('u'), displayName: 'Ada', role: 'host' } as const
  await rig.messaging.publish(MeetingStarted, { meetingId, atMs: 1_000 })
  await rig.messaging.idle()
  expect(rig.media.status().rooms).toBe(1)
  await expect.poll(() => rig.media.status().rooms, { timeout: 10_000 }).toBe(0)
  await rig.messaging.publish(UserJoined, { ...joined, atMs: 1_001 })
  await rig.messaging.idle()
  expect(rig.media.status().rooms).toBe(1)
  await expect.poll(() => rig.media.status().rooms, { timeout: 10_000 }).toBe(0)
  await rig.leave(ada, 1_002)
  await rig.messaging.publish(UserJoined, { ...joined, atMs: 1_001 })
  await rig.messaging.idle()
  expect(rig.media.status().rooms).toBe(0)
})

test('an offer from before a departure is answered once the peer has joined again', async () => {
  await using rig = await MediaRig.open()
  await rig.leave(ada, 2_000)
  const joined = { peerId: ada, userId: UserId.parse('u'), displayName: 'Ada', role: 'host', atMs: 2_001 } as const
  await rig.messaging.publish(UserJoined, { meetingId: rig.meetingId, ...joined })
  await rig.messaging.idle()
  // On a node whose clock is behind
  await rig.offer(ada, { atMs: 1_999 })
  expect(rig.answers.all).toHaveLength(1)
})

test('an offer whose answer signaling has is not answered again', async () => {
  await using rig = await MediaRig.open()
  await rig.offer(ada, { atMs: 1_000 })
  const { answer } = await rig.answers.until(({ peerId }) => peerId === ada)
  const delivered = { meetingId: rig.meetingId, peerId: ada, atMs: 1_001, path: 'sfu', answer } as const
  await rig.messaging.publish(WebrtcAnswer, delivered)
  await rig.messaging.idle()
  await rig.offer(ada, { atMs: 1_000 })
  expect(rig.answers.all).toHaveLength(1)
  await rig.offer(ada, { atMs: 1_002 })
  expect(rig.answers.all).toHaveLength(2)
})

test('the end of a meeting frees its room, stops its streams and closes the door behind it', async () => {
  await using rig = await MediaRig.open()
  const peer = await rig.join()
  await rig.produce(peer, 'mic')
  await rig.produce(peer, 'cam')
  await rig.endMeeting()
  await rig.streams.until(({ event, source }) => event === 'stopped' && source === 'cam')
  await rig.streams.until(({ event, source }) => event === 'stopped' && source === 'mic')
  expect(rig.media.status()).toMatchObject({ rooms: 0, peers: 0 })
  await rig.offer(ada)
  expect(rig.answers.all).toHaveLength(1)
  expect(await codeOf(rig.produce(peer, 'mic'))).toBe('peer-unknown')
})

test('who leaves takes their streams along and leaves the others in peace', async () => {
  await using rig = await MediaRig.open()
  const [leaver, stayer] = [await rig.join(), await rig.join()]
  await rig.produce(leaver, 'mic')
  await rig.produce(stayer, 'mic')
  await rig.leave(leaver.peerId)
  await rig.streams.until(({ event, peerId }) => event === 'stopped' && peerId === leaver.peerId)
  expect(rig.streams.all.filter(({ event }) => event === 'stopped')).toHaveLength(1)
  expect(rig.media.status()).toMatchObject({ rooms: 1, peers: 1 })
  expect(rig.changes.all).toEqual([]) // an orderly end is no lost connection
})

test('a peer can name only what is its own', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const [owner, other] = [await rig.join(), await rig.join()]
  const producerId = await rig.produce(owner, 'mic')
  const received = await messaging.request(requests.CreateConsumers, {
    meetingId,
    peerId: other.peerId,
    producerIds: [producerId],
  })
  const consumerId = received.consumers[0]?.consumerId ?? ConsumerId.parse('none')
  const { dtlsParameters, id: transportId } = owner.answer.sendTransport
  const thief = { meetingId, peerId: other.peerId }
  const paused = true

  const asked = {
    connect: messaging.request(requests.ConnectTransport, { ...thief, transportId, dtlsParameters }),
    restart: messaging.request(requests.RestartIce, { ...thief, transportId }),
    produce: rig.produce({ ...owner, peerId: other.peerId }, 'cam'),
    pause: messaging.request(requests.PauseProducer, { ...thief, producerId, paused }),
    close: messaging.request(requests.CloseProducer, { ...thief, producerId }),
    consumerPause: messaging.request(requests.PauseConsumers, {
      meetingId,
      peerId: owner.peerId,
      consumerIds: [consumerId],
      paused,
    }),
    layers: messaging.request(requests.SetPreferredLayers, {
      meetingId,
      peerId: owner.peerId,
      consumerId,
      spatialLayer: 0,
    }),
    otherMeeting: messaging.request(requests.RestartIce, {
      meetingId: MeetingId.parse('other'),
      peerId: owner.peerId,
      transportId,
    }),
    noPeer: messaging.request(requests.RestartIce, { meetingId, peerId: PeerId.parse('nobody'), transportId }),
  }
  const codes = await Promise.all(Object.values(asked).map(codeOf))
  expect(Object.fromEntries(Object.keys(asked).map((name, index) => [name, codes[index]]))).toEqual({
    connect: 'transport-unknown',
    restart: 'transport-unknown',
    produce: 'transport-unknown',
    pause: 'producer-unknown',
    close: 'producer-unknown',
    consumerPause: 'consumer-unknown',
    layers: 'consumer-unknown',
    otherMeeting: 'peer-unknown',
    noPeer: 'peer-unknown',
  })
  expect(rig.streams.all.filter(({ event }) => event === 'stopped')).toEqual([])
})

test('one stream per source: a second is refused until the first is closed', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const peer = await rig.join()
  const outcomes = await Promise.all([codeOf(rig.produce(peer, 'cam')), codeOf(rig.produce(peer, 'cam'))])
  expect(outcomes.sort()).toEqual(['done', 'media-rejected'])
  const started = await rig.streams.until(({ event }) => event === 'started')
  const producerId = ProducerId.parse(started.producerId)
  await messaging.request(requests.CloseProducer, { meetingId, peerId: peer.peerId, producerId })
  await rig.streams.until(({ event }) => event === 'stopped')
  expect(await codeOf(rig.produce(peer, 'cam'))).toBe('done')
  await messaging.idle()
  expect(rig.streams.all.map(({ event }) => event)).toEqual(['started', 'stopped', 'started'])
})

test('bad parameters are refused with a code, many at once, and the room goes on', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const peer = await rig.join()
  await rig.produce(peer, 'cam')
  const mic = micParameters('9', 5)
  const layers = camParameters('8')
  const create = (changes: Partial<Parameters<typeof messaging.request<unknown, unknown>>[1] & object>) =>
    messaging.request(requests.CreateProducer, {
      meetingId,
      peerId: peer.peerId,
      transportId: peer.answer.sendTransport.id,
      kind: 'audio',
      source: 'mic',
      rtpParameters: mic,
      paused: false,
      ...changes,
    })
  const screen = { kind: 'video', source: 'screen' } as const
  const opus = mic.codecs[0]
  if (!opus) throw new Error('the rig has a codec')
  const bad = {
    'kind and source differ': create({ source: 'cam' }),
    'codec of the other kind': create({ ...screen, rtpParameters: { ...mic } }),
    'codec nobody knows': create({ rtpParameters: { ...mic, codecs: [{ ...opus, mimeType: 'audio/speex' }] } }),
    'mid of another producer': create({ rtpParameters: { ...mic, mid: '1' } }),
    'the same ssrc twice': create({
      ...screen,
      rtpParameters: { ...layers, encodings: [{ ssrc: 7, rtx: { ssrc: 7 } }] },
    }),
    'the same rid twice': create({ ...screen, rtpParameters: { ...layers, encodings: [{ rid: 'x' }, { rid: 'x' }] } }),
    'eight encodings': create({
      ...screen,
      rtpParameters: { ...layers, encodings: [1, 2, 3, 4, 5, 6, 7, 8].map(ssrc => ({ ssrc })) },
    }),
    'ninety-nine layers': create({
      ...screen,
      rtpParameters: { ...layers, encodings: [{ ssrc: 8, scalabilityMode: 'L99T99' }] },
    }),
    'an encoding without any id': create({ ...screen, rtpParameters: { ...layers, encodings: [{}, {}] } }),
    'rtx of no codec': create({
      ...screen,
      rtpParameters: {
        ...layers,
        codecs: [{ mimeType: 'video/rtx', payloadType: 97, clockRate: 90_000, parameters: { apt: 1 } }],
      },
    }),
    'the receiving transport': create({ transportId: peer.answer.recvTransport.id }),
    'a fingerprint that is none': messaging.request(requests.ConnectTransport, {
      meetingId,
      peerId: peer.peerId,
      transportId: peer.answer.sendTransport.id,
      dtlsParameters: { role: 'client', fingerprints: [{ algorithm: 'sha-256', value: 'not a fingerprint' }] },
    }),
  }
  const codes = await Promise.all(Object.values(bad).map(codeOf))
  for (const [index, name] of Object.keys(bad).entries()) expect([name, codes[index]]).toEqual([name, 'media-rejected'])
  expect(await codeOf(rig.produce(peer, 'mic'))).toBe('done')
  expect(rig.media.status()).toMatchObject({ workersAlive: 1, rooms: 1, peers: 1 })
})

test('consumers are made in one batch, paused, and those that cannot be made are named with their reason', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const sender = await rig.join()
  const receiver = await rig.join({ rtpCapabilities: vp8OnlyCapabilities })
  const [mic, cam] = [await rig.produce(sender, 'mic'), await rig.produce(sender, 'cam')]
  const own = await rig.produce(receiver, 'cam')
  const gone = ProducerId.parse('gone')
  const ask = () =>
    messaging.request(requests.CreateConsumers, {
      meetingId,
      peerId: receiver.peerId,
      producerIds: [gone, mic, own, cam, cam],
    })
  const { consumers, refused } = await ask()
  expect(consumers).toMatchObject([{ producerId: cam, peerId: sender.peerId, source: 'cam', kind: 'video' }])
  expect(consumers[0]?.rtpParameters.codecs[0]?.mimeType).toBe('video/VP8')
  expect(new Set(refused.map(({ producerId, code }) => `${producerId} ${code}`))).toEqual(
    new Set([`${gone} producer-unknown`, `${mic} cannot-consume`, `${own} cannot-consume`]),
  )
  const again = await ask()
  expect(again.consumers).toEqual(consumers)
})

test('a consumer can be resumed and turned down, also when its stream has just stopped', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const [sender, receiver] = [await rig.join(), await rig.join()]
  const producerIds = [await rig.produce(sender, 'mic'), await rig.produce(sender, 'cam')]
  const me = { meetingId, peerId: receiver.peerId }
  const { consumers } = await messaging.request(requests.CreateConsumers, { ...me, producerIds })
  const consumerIds = consumers.map(({ consumerId }) => consumerId)
  expect(await codeOf(messaging.request(requests.PauseConsumers, { ...me, consumerIds, paused: false }))).toBe('done')
  for (const consumerId of consumerIds) {
    const layers = { ...me, consumerId, spatialLayer: 0, temporalLayer: 1 }
    expect(await codeOf(messaging.request(requests.SetPreferredLayers, layers))).toBe('done')
  }
  await rig.leave(sender.peerId)
  await rig.streams.until(({ event }) => event === 'stopped')
  await expect
    .poll(() => codeOf(messaging.request(requests.PauseConsumers, { ...me, consumerIds, paused: true })), {
      timeout: 10_000,
    })
    .toBe('done')
})

test('pausing a stream is hinted to everyone and shown to newcomers', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const peer = await rig.join()
  const producerId = await rig.produce(peer, 'mic')
  const hinted: unknown[] = []
  messaging.onHint(StreamPaused, hint => hinted.push(hint))
  const mine = { meetingId, peerId: peer.peerId, producerId }
  await messaging.request(requests.PauseProducer, { ...mine, paused: true })
  expect((await rig.join()).answer.streams).toMatchObject([{ producerId, paused: true }])
  await messaging.request(requests.PauseProducer, { ...mine, paused: false })
  expect(hinted).toEqual([
    { ...mine, paused: true },
    { ...mine, paused: false },
  ])
})

test('an ICE restart sends new credentials as a task', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const { peerId, answer } = await rig.join()
  const { id: transportId, iceParameters } = answer.recvTransport
  await messaging.request(requests.RestartIce, { meetingId, peerId, transportId })
  const restarted = await rig.candidates.until(heard => heard.peerId === peerId)
  expect(restarted.transportId).toBe(TransportId.parse(transportId))
  expect(restarted.iceParameters.password).not.toBe(iceParameters.password)
})

test('an ICE restart is not overtaken by another until its credentials are delivered', async () => {
  await using rig = await MediaRig.open()
  const { messaging, meetingId } = rig
  const { peerId, answer } = await rig.join()
  const [send, recv] = [answer.sendTransport.id, answer.recvTransport.id]
  const restart = (transportId: TransportId) =>
    messaging.request(requests.RestartIce, { meetingId, peerId, transportId })
  await Promise.all([restart(send), restart(send), restart(recv)])
  await messaging.idle()
  expect(rig.candidates.all.map(({ transportId }) => transportId).sort()).toEqual([send, recv].sort())
  const { iceParameters } = await rig.candidates.until(({ transportId }) => transportId === send)
  const delivered = { meetingId, peerId, atMs: 1, transportId: send, iceParameters, iceCandidates: [] }
  await messaging.publish(WebrtcIceCandidate, delivered)
  await messaging.idle()
  await restart(send)
  await messaging.idle()
  expect(rig.candidates.all).toHaveLength(3)
})

test('a killed worker is replaced on its port: peers hear that they are disconnected, streams stop, new offers work', async () => {
  await using rig = await MediaRig.open()
  const { media } = rig
  const peer = await rig.join()
  await rig.produce(peer, 'mic')
  const [pid] = media.status().workerPids
  if (!pid) throw new Error('no worker')
  process.kill(pid, 'SIGKILL')
  await rig.changes.until(({ peerId, change }) => peerId === peer.peerId && change === 'disconnected')
  await rig.streams.until(({ event }) => event === 'stopped')
  expect(await codeOf(rig.produce(peer, 'cam'))).toBe('peer-unknown')

  await rig.offer(peer.peerId, { atMs: Date.now() + 1 })
  const answer = await rig.answers.until(
    heard => heard.answer.sendTransport.id !== peer.answer.sendTransport.id && heard.peerId === peer.peerId,
  )
  expect(answer.answer.sendTransport.iceCandidates[0]?.port).toBe(media.port)
  expect(await codeOf(rig.produce({ ...peer, ...answer }, 'mic'))).toBe('done')
  expect(media.status()).toMatchObject({ workersAlive: 1, rooms: 1, peers: 1 })
  expect(media.status().workerPids).not.toContain(pid)
})

test('closing the service reports every stream as stopped and ends the worker processes', async () => {
  const rig = await MediaRig.open({ workers: 2 })
  const peer = await rig.join()
  await rig.produce(peer, 'mic')
  const { workerPids } = rig.media.status()
  await rig.media.close()
  await rig.messaging.idle()
  expect(rig.streams.all.map(({ event }) => event)).toEqual(['started', 'stopped'])
  for (const pid of workerPids) expect(() => process.kill(pid, 0)).toThrow()
  await rig[Symbol.asyncDispose]()
})
