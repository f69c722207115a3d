import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type WebSocket, WebSocketServer } from 'ws'
import type { ServerTarget } from '#contracts/invite.ts'
import { ConnectionId } from '#contracts/ipc/signaling.ts'
import { PING_INTERVAL_MS } from '#contracts/signaling/envelope.ts'
import { openSignaling } from './open-signaling.ts'
import { SignalingRelay } from './signaling-relay.ts'
import { createTlsServer, type TlsServer } from './tls-server.fixture.ts'

const OURS = 1
const OTHER = 2
let server: TlsServer
let target: ServerTarget
let relay: SignalingRelay
let told: { window: number; channel: string; data: unknown }[]

beforeEach(async () => {
  server = await createTlsServer()
  target = { addresses: [server.address], pin: server.pin }
  told = []
  relay = new SignalingRelay({
    openSignaling,
    tell: (window, channel, data) => told.push({ window, channel, data }),
  })
})
afterEach(async () => {
  relay.closeAll(OURS)
  relay.closeAll(OTHER)
  await server[Symbol.asyncDispose]()
})

const nextClient = async (): Promise<WebSocket> => (await once(server.sockets, 'connection'))[0]

test('text goes both ways, to the window that opened the connection', async () => {
  const client = nextClient()
  const connectionId = await relay.open(OURS, target)
  const received = once(await client, 'message')
  relay.send(OURS, connectionId, '{"hello":1}')
  expect(String((await received)[0])).toBe('{"hello":1}')
  ;(await client).send('{"welcome":2}')
  await vi.waitFor(() =>
    expect(told).toEqual([
      { window: OURS, channel: 'signaling:message', data: { connectionId, text: '{"welcome":2}' } },
    ]),
  )
})

test('a server that speaks first is heard after the window knows the id', async () => {
  server.sockets.on('connection', socket => socket.send('first'))
  let known = false
  const early: boolean[] = []
  relay = new SignalingRelay({ openSignaling, tell: () => early.push(known) })
  await relay.open(OURS, target)
  known = true
  await vi.waitFor(() => expect(early).toEqual([true]))
})

test('a connection belongs to its window: another can neither send over it nor close it', async () => {
  const connectionId = await relay.open(OURS, target)
  expect(() => relay.send(OTHER, connectionId, 'x')).toThrow(expect.objectContaining({ code: 'connection-lost' }))
  relay.hangUp(OTHER, connectionId)
  expect(() => relay.send(OURS, connectionId, 'x')).not.toThrow()
})

test('an id that never was is connection-lost', () => {
  const never = ConnectionId.parse(randomUUID())
  expect(() => relay.send(OURS, never, 'x')).toThrow(expect.objectContaining({ code: 'connection-lost' }))
  expect(() => relay.hangUp(OURS, never)).not.toThrow()
})

test('the window is told when the server hangs up, with its code and reason', async () => {
  const client = nextClient()
  const connectionId = await relay.open(OURS, target)
  ;(await client).close(4001, 'meeting over')
  await vi.waitFor(() =>
    expect(told).toEqual([
      { window: OURS, channel: 'signaling:closed', data: { connectionId, code: 4001, reason: 'meeting over' } },
    ]),
  )
})

test('binary frames end the connection', async () => {
  const client = nextClient()
  await relay.open(OURS, target)
  ;(await client).send(Buffer.from([1, 2, 3]))
  expect((await once(await client, 'close'))[0]).toBe(1003)
})

test('a fifth connection of one window is refused, attempts under way included; another window has its own four', async () => {
  const four = Array.from({ length: 4 }, () => relay.open(OURS, target))
  await expect(relay.open(OURS, target)).rejects.toMatchObject({ code: 'rate-limited' })
  const [first] = await Promise.all(four)
  await expect(relay.open(OURS, target)).rejects.toMatchObject({ code: 'rate-limited' })
  await relay.open(OTHER, target)
  if (first) relay.hangUp(OURS, first)
  await vi.waitFor(() => expect(told).toHaveLength(1))
  await expect(relay.open(OURS, target)).resolves.toBeTypeOf('string')
})

test('when a window goes away, what it sent last still arrives, its connections close, and it hears nothing more', async () => {
  const client = nextClient()
  const connectionId = await relay.open(OURS, target)
  const received = once(await client, 'message')
  const closed = once(await client, 'close')
  relay.send(OURS, connectionId, 'leaving')
  relay.closeAll(OURS)
  expect(String((await received)[0])).toBe('leaving')
  expect((await closed)[0]).toBe(1000)
  expect(told).toEqual([])
})

test('closing the relay resolves once every socket is closed, the last words included', async () => {
  const client = nextClient()
  const connectionId = await relay.open(OURS, target)
  const received: string[] = []
  ;(await client).on('message', data => received.push(String(data)))
  relay.send(OURS, connectionId, 'leaving')
  relay.closeAll(OURS)
  await relay.close()
  expect(received).toEqual(['leaving'])
  await vi.waitFor(() => expect(server.sockets.clients.size).toBe(0))
})

test('an attempt whose window went away meanwhile is thrown away', async () => {
  const attempt = relay.open(OURS, target)
  relay.closeAll(OURS)
  await expect(attempt).rejects.toMatchObject({ code: 'cancelled' })
  await vi.waitFor(() => expect(server.sockets.clients.size).toBe(0))
})

describe('a network that went away', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
  afterEach(() => void vi.useRealTimers())

  test('is noticed after three silent ping intervals, as close code 1006', async () => {
    // answers the upgrade and then nothing, not even pings
    server.sockets = new WebSocketServer({ noServer: true, autoPong: false })
    server.https.removeAllListeners('upgrade')
    server.https.on('upgrade', (request, socket, head) => server.sockets.handleUpgrade(request, socket, head, () => {}))
    const connectionId = await relay.open(OURS, target)
    vi.advanceTimersByTime(2 * PING_INTERVAL_MS)
    expect(told).toEqual([])
    vi.advanceTimersByTime(PING_INTERVAL_MS)
    await vi.waitFor(() =>
      expect(told).toEqual([
        { window: OURS, channel: 'signaling:closed', data: { connectionId, code: 1006, reason: '' } },
      ]),
    )
  })

  test('is not suspected while the server pings or answers', async () => {
    const client = nextClient()
    const connectionId = await relay.open(OURS, target)
    for (let i = 0; i < 6; i++) {
      vi.advanceTimersByTime(2 * PING_INTERVAL_MS)
      const answered = once(await client, 'pong')
      ;(await client).ping()
      await answered
    }
    expect(() => relay.send(OURS, connectionId, 'still here')).not.toThrow()
  })
})
