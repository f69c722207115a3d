import { once } from 'node:events'
import { get } from 'node:https'
import { connect } from 'node:tls'
import { describe, expect, test, vi } from 'vitest'
import { StreamStopped } from '#contracts/events/media.ts'
import { PeerId, ProducerId } from '#contracts/ids.ts'
import { MeetingEnd } from '#contracts/tasks/meeting.ts'
import { openRig, type Rig } from './fixtures/signaling-rig.ts'

// Real sockets, threads and disks: a busy machine may take its time; the only waits are short limits set by the tests.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

/** The HTTP status of an upgrade that is refused. */
async function refusalOf(url: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const request = get(url.replace('wss:', 'https:'), {
    rejectUnauthorized: false,
    headers: {
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...headers,
    },
  })
  const [response] = await Promise.race([
    once(request, 'response'),
    once(request, 'upgrade').then(([upgraded, socket]) => {
      socket.destroy()
      return [upgraded]
    }),
  ])
  return response.statusCode
}

const portOf = (rig: Rig) => Number(new URL(rig.url).port)

describe('the door', () => {
  test('is at one path', async () => {
    await using rig = await openRig()
    expect(await refusalOf(rig.url)).toBe(101)
    expect(await refusalOf(`${rig.url}?v=1`)).toBe(101)
    expect(await refusalOf(rig.url.replace('/v1/', '/v2/'))).toBe(404)
    expect(await refusalOf(`${rig.url}/x`)).toBe(404)
  })

  test('is closed to browsers of sites that were not allowed', async () => {
    await using rig = await openRig({ allowedOrigins: ['https://meet.example.org'] })
    expect(await refusalOf(rig.url, { Origin: 'https://evil.example.org' })).toBe(403)
    expect(await refusalOf(rig.url, { Origin: 'null' })).toBe(403)
    expect(await refusalOf(rig.url, { Origin: 'https://meet.example.org' })).toBe(101)
  })

  test('lets in so many of one address, and again when one has gone', async () => {
    await using rig = await openRig({ maxSocketsPerAddress: 2 })
    const first = await rig.connect()
    await rig.connect()
    expect(await refusalOf(rig.url)).toBe(429)
    first.close()
    await first.closed
    await expect.poll(() => refusalOf(rig.url), { timeout: 20_000 }).toBe(101)
  })

  test('lets in so many in all', async () => {
    await using rig = await openRig({ maxSockets: 1 })
    await rig.connect()
    expect(await refusalOf(rig.url)).toBe(503)
  })

  test('does not wait for a client that never finishes its request', async () => {
    await using rig = await openRig({ handshakeTimeoutMs: 30 })
    const socket = connect({ port: portOf(rig), host: '127.0.0.1', rejectUnauthorized: false })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    socket.write('GET /v1/signaling HTTP/1.1\r\nHost:')
    await once(socket, 'close')
  })

  test('survives garbage instead of a handshake', async () => {
    await using rig = await openRig()
    const socket = connect({ port: portOf(rig), host: '127.0.0.1', rejectUnauthorized: false })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    socket.end('\u0000\u0001garbage\r\n\r\n')
    socket.resume()
    await once(socket, 'close')
    expect(await refusalOf(rig.url, { 'Sec-WebSocket-Version': '99' })).toBe(400)
    await (await rig.connect()).request('lobby.enter', { code: rig.meeting.code })
  })
})

describe('an idle socket', () => {
  test('that says nothing at all is closed', async () => {
    await using rig = await openRig({ firstFrameTimeoutMs: 30 })
    const client = await rig.connect()
    expect(await client.closed).toEqual({ code: 1008, reason: 'timeout' })
    expect(client.notified).toEqual(['session.closed'])
  })

  test('that stays in the lobby is closed, one in a meeting is not', async () => {
    await using rig = await openRig({ lobbyTimeoutMs: 500 })
    const seated = await rig.join()
    const waiting = await rig.connect()
    await waiting.request('lobby.enter', { code: rig.meeting.code })
    expect(await waiting.closed).toEqual({ code: 1008, reason: 'timeout' })
    await seated.client.request('session.leave', {})
    expect(await seated.client.closed).toEqual({ code: 1008, reason: 'timeout' })
  })
})

describe('the heartbeat', () => {
  test('ends a socket that does not answer, and keeps its seat', async () => {
    await using rig = await openRig({ pingIntervalMs: 20 })
    const client = await rig.connect({ autoPong: false })
    const { token } = await rig.grant()
    const { resumeKey } = await client.request('session.open', { token })
    expect((await client.closed).code).toBe(1006)
    const back = await rig.connect()
    expect(await back.request('session.open', { token, resumeKey })).toMatchObject({ resumed: true })
  })

  test('confirms what arrived, so that it is not sent again', async () => {
    await using rig = await openRig({ pingIntervalMs: 20 })
    const { client, token, resumeKey } = await rig.join()
    await rig.join()
    await client.notification('peer.joined')
    // Sent by the server after the notification; its answer confirms it.
    await once(client.ws, 'ping')
    await client.settle()
    const back = await rig.connect()
    await back.request('session.open', { token, resumeKey })
    await back.settle()
    expect(back.notified).toEqual([])
  })
})

test('a client that does not read is cut off without disturbing the others, and may come back', async () => {
  await using rig = await openRig({ maxBufferedBytes: 64 * 1024 })
  const slow = await rig.join()
  const other = await rig.join()
  slow.client.ws.pause()
  const stopped = {
    meetingId: rig.meeting.meetingId,
    peerId: PeerId.parse('x'.repeat(64)),
    producerId: ProducerId.parse('y'.repeat(64)),
    source: 'mic',
    kind: 'audio',
    atMs: 1,
  } as const
  const isCut = () => rig.logLines.some(line => line.includes('"code":"queue-full"'))
  // The kernel's own buffers on both sides come first.
  for (let round = 0; round < 500 && !isCut(); round++) {
    for (let n = 0; n < 100; n++) void rig.messaging.publish(StreamStopped, stopped)
    await rig.messaging.idle()
  }
  expect(isCut()).toBe(true)
  await other.client.request('lobby.enter', { code: rig.meeting.code })
  const back = await rig.connect()
  const { resumed } = await back.request('session.open', { token: slow.token, resumeKey: slow.resumeKey })
  expect(resumed).toBe(false)
})

describe('stopping', () => {
  test('tells every client and lets in no more', async () => {
    await using rig = await openRig()
    const seated = await rig.join()
    const waiting = await rig.connect()
    const closing = rig.service.close({ deadlineMs: 1_000 })
    expect(rig.service.close()).toBe(closing)
    for (const client of [seated.client, waiting]) {
      expect(await client.notification('session.closed')).toMatchObject({ error: { code: 'unavailable' } })
      expect(await client.closed).toEqual({ code: 1001, reason: 'unavailable' })
    }
    await closing
  })

  test('after the meetings were ended says that first', async () => {
    await using rig = await openRig()
    const { client } = await rig.join()
    await rig.messaging.enqueue(MeetingEnd, { meetingId: rig.meeting.meetingId, reason: 'host-quit', atMs: 1 })
    await rig.messaging.idle()
    await rig.service.close()
    await client.closed
    expect(client.notified).toEqual(['meeting.ended', 'session.closed'])
    expect(rig.meetings.left).toEqual([])
  })

  test('does not wait beyond the deadline for a client that does not answer', async () => {
    await using rig = await openRig()
    const { client } = await rig.join()
    client.ws.pause()
    const beganAtMs = performance.now()
    await rig.service.close({ deadlineMs: 50 })
    // Well before the 2 s after which a socket that does not answer a close is cut anyway
    expect(performance.now() - beganAtMs).toBeLessThan(1_000)
  })
})
