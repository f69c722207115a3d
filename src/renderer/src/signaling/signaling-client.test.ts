import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { TransportId } from '#contracts/ids.ts'
import { CertificatePin, type ServerTarget } from '#contracts/invite.ts'
import { RequestFrame } from '#contracts/signaling/envelope.ts'
import { FakeNetwork, type FakeSocket } from './fake-channel.ts'
import { SignalingClient } from './signaling-client.ts'

const server: ServerTarget = {
  addresses: [{ host: '192.168.1.5', port: 7443 }],
  pin: CertificatePin.parse('A'.repeat(43)),
}

let received: RequestFrame[]
let socket: FakeSocket
let network: FakeNetwork
let client: SignalingClient

beforeEach(async () => {
  vi.spyOn(console, 'debug').mockImplementation(() => {})
  received = []
  network = new FakeNetwork({
    onOpen: opened => {
      socket = opened
    },
    onText: (_, text) => received.push(RequestFrame.parse(JSON.parse(text))),
  })
  client = await SignalingClient.open(network.openChannel, server, new AbortController().signal)
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

async function nextRequest(): Promise<RequestFrame> {
  return vi.waitFor(() => RequestFrame.parse(received.shift()))
}

test('a request carries a fresh id and resolves with its own parsed reply', async () => {
  const first = client.request('producer.create', {
    transportId: TransportId.parse('t1'),
    kind: 'audio',
    source: 'mic',
    paused: false,
    rtpParameters: { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] },
  })
  const second = client.request('session.leave', {})
  const [one, two] = [await nextRequest(), await nextRequest()]
  expect(one).toMatchObject({ method: 'producer.create', data: { source: 'mic' } })
  expect(one.id).not.toBe(two.id)
  socket.send({ type: 'response', id: two.id, ok: true, data: {} })
  socket.send({ type: 'response', id: one.id, ok: true, data: { producerId: 'p1', more: 1 } })
  await expect(first).resolves.toEqual({ producerId: 'p1' })
  await expect(second).resolves.toEqual({})
})

test('the server’s error keeps its code, sentence and waiting time', async () => {
  const asked = client.request('session.leave', {})
  const { id } = await nextRequest()
  socket.send({
    type: 'response',
    id,
    ok: false,
    error: { code: 'rate-limited', message: 'Slowly.', retryAfterMs: 250 },
  })
  await expect(asked).rejects.toMatchObject({ code: 'rate-limited', message: 'Slowly.', retryAfterMs: 250 })
})

test('a reply that is not what the contract says is refused', async () => {
  const asked = client.request('webrtc.offer', { rtpCapabilities: { codecs: [], headerExtensions: [] } })
  const { id } = await nextRequest()
  socket.send({ type: 'response', id, ok: true, data: 'fine' })
  await expect(asked).rejects.toMatchObject({ code: 'payload-invalid' })
})

test('without an answer in time the request fails, and a late answer is ignored', async () => {
  vi.useFakeTimers()
  const asked = client.request('session.leave', {}, { timeoutMs: 400 })
  const failed = expect(asked).rejects.toMatchObject({ code: 'timeout' })
  await vi.advanceTimersByTimeAsync(400)
  await failed
  socket.send({ type: 'response', id: received[0]?.id, ok: true, data: {} })
  await vi.advanceTimersByTimeAsync(1)
  expect(vi.getTimerCount()).toBe(0)
})

test('when the connection is lost, all that waits fails and the listener is told once', async () => {
  const onLost = vi.fn()
  client.listen({}, onLost)
  const asked = client.request('session.leave', {})
  await nextRequest()
  socket.drop()
  await expect(asked).rejects.toMatchObject({ code: 'connection-lost' })
  await expect(client.request('session.leave', {})).rejects.toMatchObject({ code: 'connection-lost' })
  expect(onLost).toHaveBeenCalledOnce()
})

test('closing oneself is no loss', async () => {
  const onLost = vi.fn()
  client.listen({}, onLost)
  client.close()
  client.close()
  expect(onLost).not.toHaveBeenCalled()
  expect(network.openSockets).toBe(0)
})

test('a notification reaches its listener parsed; nonsense and later protocols reach nobody', async () => {
  const joined = vi.fn()
  const left = vi.fn()
  client.listen({ 'peer.joined': joined, 'peer.left': left }, () => {})
  socket.send({ type: 'notification', method: 'peer.left', data: { peerId: 5, reason: 'left' } })
  socket.send({ type: 'notification', method: 'hologram.started', data: {} })
  socket.send({ type: 'notification', method: 'toString', data: {} })
  socket.send({ type: 'error', error: { code: 'bad-request', message: 'What?' } })
  socket.send('not even a frame')
  socket.send({ type: 'response', id: 999, ok: true, data: {} })
  socket.send({ type: 'notification', method: 'peer.left', data: { peerId: 'p1', reason: 'left' } })
  await vi.waitFor(() => expect(left).toHaveBeenCalledOnce())
  expect(left).toHaveBeenCalledWith({ peerId: 'p1', reason: 'left' })
  expect(joined).not.toHaveBeenCalled()
})

test('a server that cannot be reached is an error with its code', async () => {
  network.up = false
  const opening = SignalingClient.open(network.openChannel, server, new AbortController().signal)
  await expect(opening).rejects.toMatchObject({ code: 'server-unreachable' })
})

test('nobody waits for a socket that is not wanted any more', async () => {
  const controller = new AbortController()
  const opening = SignalingClient.open(network.openChannel, server, controller.signal)
  controller.abort()
  await expect(opening).rejects.toMatchObject({ code: 'cancelled' })
})
