import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { MeetingCode, MeetingId } from '#contracts/ids.ts'
import { MAX_FRAME_BYTES, MAX_SOCKET_BYTES } from '#contracts/signaling/envelope.ts'
import { type SignalingMethod, signalingRequests } from '#contracts/signaling/requests.ts'
import type { TestClient } from '../shared/fixtures/test-client.ts'
import { openRig, type Rig } from './fixtures/signaling-rig.ts'

// Real sockets, threads and disks: a busy machine may take its time; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const coded = (code: string) => expect.objectContaining({ code })
const unknownCode = MeetingCode.parse('zzz-zzzz-zzz')

let rig: Rig
/** Someone else on the same server, who must notice nothing. */
let bystander: TestClient
let client: TestClient
beforeAll(async () => {
  // All tests share an address; guessing has a test of its own below.
  rig = await openRig({ addressRate: { perSecond: 1_000, burst: 1_000 } })
  bystander = (await rig.join()).client
})
beforeEach(async () => {
  client = await rig.connect()
})
afterEach(async () => {
  client.close()
  const { meeting } = await bystander.request('lobby.enter', { code: rig.meeting.code })
  expect(meeting.meetingId).toBe(rig.meeting.meetingId)
  expect(bystander.frames.filter(({ type }) => type === 'error')).toEqual([])
})
afterAll(() => rig[Symbol.asyncDispose]())

const frame = (id: number, method: string, data: unknown) => JSON.stringify({ type: 'request', id, method, data })

describe('bad input gets a coded answer, and the socket stays', () => {
  test.each(['{', 'null', '[]', '{"type":"request"}', '\u0000'])('malformed: %j', async text => {
    client.sendRaw(text)
    expect(await client.error()).toMatchObject({ code: 'bad-request' })
    await client.request('lobby.enter', { code: rig.meeting.code })
  })

  test('binary', async () => {
    client.sendRaw(Buffer.from([1, 2, 3]))
    expect(await client.error()).toMatchObject({ code: 'bad-request' })
  })

  test.each(['nope', '__proto__', 'constructor', 'toString'])('unknown request: %s', async method => {
    client.sendRaw(frame(9, method, {}))
    await expect(client.reply('session.leave', 9)).rejects.toEqual(coded('unknown-request'))
  })

  test('too large a message, with its id where that stands in front', async () => {
    client.sendRaw(frame(9, 'lobby.enter', 'x'.repeat(MAX_FRAME_BYTES)))
    await expect(client.reply('session.leave', 9)).rejects.toEqual(coded('message-too-large'))
    client.sendRaw(
      JSON.stringify({ data: 'x'.repeat(MAX_FRAME_BYTES), type: 'request', id: 10, method: 'lobby.enter' }),
    )
    expect(await client.error()).toMatchObject({ code: 'message-too-large' })
    await client.request('lobby.enter', { code: rig.meeting.code })
  })

  test('a token that is forged, of another use, or expired', async () => {
    const { token } = await rig.grant()
    const [header = '', payload = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const forged = Buffer.from(JSON.stringify({ ...claims, role: 'host' })).toString('base64url')
    const { token: ownerToken } = await rig.tokens.signOwner({ use: 'owner', userId: claims.userId })
    for (const bad of ['x', `${header}.${forged}.${signature}`, `${header}.${payload}.`, ownerToken]) {
      await expect(client.request('session.open', { token: bad })).rejects.toEqual(coded('token-invalid'))
    }
    await expect(client.request('meeting.create', { title: 'Mine', ownerToken: token })).rejects.toEqual(
      coded('token-invalid'),
    )
    rig.tokenTimeMs += 3_600_000
    await expect(client.request('session.open', { token })).rejects.toEqual(coded('token-expired'))
    await expect(client.request('meeting.create', { title: 'Mine', ownerToken })).rejects.toEqual(
      coded('token-expired'),
    )
  })

  test('an unknown meeting, by code or by a genuine grant', async () => {
    await expect(client.request('lobby.enter', { code: unknownCode })).rejects.toEqual(coded('meeting-unknown'))
    await expect(client.request('grant.request', { code: unknownCode, displayName: 'A' })).rejects.toEqual(
      coded('meeting-unknown'),
    )
    const { token } = await rig.grant({ meetingId: MeetingId.parse(randomUUID()) })
    await expect(client.request('session.open', { token })).rejects.toEqual(coded('meeting-unknown'))
    expect(client.ws.readyState).toBe(client.ws.OPEN)
  })

  test('joining twice: on the same socket, and with the same grant on another', async () => {
    const { token } = await rig.grant()
    await client.request('session.open', { token })
    await expect(client.request('session.open', { token })).rejects.toEqual(coded('already-joined'))
    const other = await rig.connect()
    await expect(other.request('session.open', { token })).rejects.toEqual(coded('already-joined'))
    await client.request('session.leave', {})
  })

  test('the same grant twice at the same time: one gets the seat', async () => {
    const { token } = await rig.grant()
    const other = await rig.connect()
    const opened = await Promise.allSettled([
      client.request('session.open', { token }),
      other.request('session.open', { token }),
    ])
    expect(opened.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(opened.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'already-joined' } })
  })
})

describe('every method', () => {
  const methods = Object.keys(signalingRequests) as SignalingMethod[]
  const needless = new Set<SignalingMethod>(['meeting.create', 'lobby.enter', 'grant.request', 'session.open'])

  test.each(methods)('%s refuses data of the wrong shape', async method => {
    for (const [id, data] of [undefined, null, 5, 'x', [], { code: 5, token: {}, transportId: '' }].entries()) {
      // An empty object is all that some methods want; more in it is ignored.
      if (signalingRequests[method].request.safeParse(data).success) continue
      client.sendRaw(frame(id, method, data))
      await expect(client.reply(method, id)).rejects.toEqual(coded('bad-request'))
    }
  })

  test.each(methods.filter(method => !needless.has(method)))('%s needs a session', async method => {
    client.sendRaw(frame(1, method, sample[method]))
    await expect(client.reply(method, 1)).rejects.toEqual(coded('unauthenticated'))
  })
})

describe('what goes on being wrong is closed', () => {
  test('twenty bad frames in a row, told why before', async () => {
    for (let n = 0; n < 20; n++) client.sendRaw('{')
    expect((await client.notification('session.closed')).error.code).toBe('bad-request')
    expect(await client.closed).toEqual({ code: 1008, reason: 'bad-request' })
  })

  test('not when a good one comes in between', async () => {
    for (let n = 0; n < 19; n++) client.sendRaw('{')
    await client.request('lobby.enter', { code: rig.meeting.code })
    for (let n = 0; n < 19; n++) client.sendRaw('{')
    await client.request('lobby.enter', { code: rig.meeting.code })
  })

  test('a message too large for the socket itself', async () => {
    client.sendRaw('x'.repeat(MAX_SOCKET_BYTES + 1))
    expect(await client.closed).toMatchObject({ code: 1009 })
  })

  test('a flood, which also costs the seat', async () => {
    const seated = await rig.join()
    let id = 0
    const pump = () => {
      for (let n = 0; n < 600; n++)
        seated.client.sendRaw(frame(++id, 'producer.pause', { producerId: 'p', paused: true }))
    }
    pump()
    expect((await seated.client.notification('session.closed')).error).toMatchObject({ code: 'rate-limited' })
    expect(await seated.client.closed).toEqual({ code: 1008, reason: 'rate-limited' })
    await rig.messaging.idle()
    expect(rig.meetings.left).toContainEqual({ peerId: seated.peerId, reason: 'removed' })
    const refused = seated.client.frames.find(f => f.type === 'response' && !f.ok)
    expect(refused).toMatchObject({ error: { code: 'rate-limited', retryAfterMs: expect.any(Number) } })
  })

  test('a flood of pings', async () => {
    for (let n = 0; n < 600; n++) client.ws.ping()
    // 1006: ws itself hangs up when very many come in one packet.
    expect([1006, 1008]).toContain((await client.closed).code)
  })
})

test('codes can be guessed only slowly, over all sockets of an address; right ones are free', async () => {
  await using strict = await openRig({ addressRate: { perSecond: 0.01, burst: 30 } })
  const sockets = [await strict.connect(), await strict.connect(), await strict.connect()]
  for (let n = 0; n < 40; n++) await sockets[0]?.request('lobby.enter', { code: strict.meeting.code })
  const guesses = await Promise.allSettled(
    Array.from({ length: 60 }, (_, n) => sockets[n % 3]?.request('lobby.enter', { code: unknownCode })),
  )
  const codes = guesses.flatMap(guess => (guess.status === 'rejected' ? [guess.reason] : []))
  expect(codes.filter(error => error.code === 'meeting-unknown')).toHaveLength(30)
  const limited = codes.filter(error => error.code === 'rate-limited')
  expect(limited).toHaveLength(30)
  expect(limited[0].retryAfterMs).toBeGreaterThan(0)
})

/** A well-formed request of each method that needs a session. */
const sample: Record<string, unknown> = {
  'webrtc.offer': { rtpCapabilities: { codecs: [], headerExtensions: [] } },
  'transport.connect': { transportId: 't', dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'AA' }] } },
  'transport.restartIce': { transportId: 't' },
  'producer.create': {
    transportId: 't',
    kind: 'audio',
    source: 'mic',
    rtpParameters: { codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000 }] },
    paused: false,
  },
  'producer.pause': { producerId: 'p', paused: true },
  'producer.close': { producerId: 'p' },
  'consumer.create': { producerIds: ['p'] },
  'consumer.pause': { consumerIds: ['c'], paused: true },
  'consumer.setPreferredLayers': { consumerId: 'c', spatialLayer: 0 },
  'session.leave': {},
  'meeting.end': {},
}
