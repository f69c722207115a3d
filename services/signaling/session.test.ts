import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { WebSocket } from 'ws'
import { CodedError } from '#contracts/errors.ts'
import { StreamStopped } from '#contracts/events/media.ts'
import { UserLeft } from '#contracts/events/meeting.ts'
import { SessionClosed, SessionCreated } from '#contracts/events/signaling.ts'
import { ActiveSpeaker } from '#contracts/hints/media.ts'
import { PeerId, ProducerId } from '#contracts/ids.ts'
import { RESUME_WINDOW_MS } from '#contracts/signaling/envelope.ts'
import { MeetingEnd, MeetingUserJoin, MeetingUserLeave } from '#contracts/tasks/meeting.ts'
import { SignalingConnectionManage } from '#contracts/tasks/signaling.ts'
import { openRig, type Rig } from './fixtures/signaling-rig.ts'

// Real sockets, threads and disks: a busy machine may take its time; nothing here waits for time to pass.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const coded = (code: string) => expect.objectContaining({ code })

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig[Symbol.asyncDispose]())

/** Resolves when the service has noticed that the socket is gone. */
async function lose(client: { ws: WebSocket }) {
  const before = rig.logLines.length
  client.ws.terminate()
  await expect
    .poll(() => rig.logLines.slice(before).some(line => line.includes('session away')), { timeout: 20_000 })
    .toBe(true)
}

describe('opening a session', () => {
  test('takes the seat of the token and shows who else is there', async () => {
    const first = await rig.join()
    const client = await rig.connect()
    const { token, peerId } = await rig.grant({ role: 'host' })
    const reply = await client.request('session.open', { token })
    expect(reply).toMatchObject({ peerId, role: 'host', resumed: false, meeting: { code: 'abc-defg-hij' } })
    expect(reply.peers.map(peer => peer.peerId)).toEqual([first.peerId])
    expect(Buffer.from(reply.resumeKey, 'base64url')).toHaveLength(32)
    expect(await first.client.notification('peer.joined')).toMatchObject({ peer: { peerId } })
  })

  test('no notification overtakes the reply, and none from before it is lost', async () => {
    const witness = await rig.join()
    const { promise: reading, resolve: readStarted } = Promise.withResolvers<void>()
    const { promise: mayRead, resolve: letRead } = Promise.withResolvers<void>()
    const first = await rig.grant()
    const client = await rig.connect()
    rig.meetings.beforeRead = () => {
      readStarted()
      return mayRead
    }
    const id = client.send('session.open', { token: first.token })
    await reading
    expect(await witness.client.notification('peer.joined')).toMatchObject({ peer: { peerId: first.peerId } })
    rig.meetings.beforeRead = async () => {}
    const second = await rig.grant()
    await (await rig.connect()).request('session.open', { token: second.token })
    expect(await witness.client.notification('peer.joined')).toMatchObject({ peer: { peerId: second.peerId } })
    letRead()
    await client.reply('session.open', id)
    expect(await client.notification('peer.joined')).toMatchObject({ peer: { peerId: second.peerId } })
    expect(client.frames.map(frame => frame.type)).toEqual(['response', 'notification'])
  })

  test('what is asked right behind it waits for it', async () => {
    const { token, peerId } = await rig.grant()
    const client = await rig.connect()
    const open = client.send('session.open', { token })
    const offer = client.send('webrtc.offer', { rtpCapabilities: { codecs: [], headerExtensions: [] } })
    await client.reply('session.open', open)
    expect(await client.reply('webrtc.offer', offer)).toEqual({})
    expect(await client.notification('webrtc.answer')).toMatchObject({ sendTransport: { id: 'send' } })
    expect(rig.media.offers).toEqual([peerId])
    expect(client.frames.map(frame => (frame.type === 'response' ? frame.id : frame.type))).toEqual([
      1,
      2,
      'notification',
    ])
  })

  test('what is asked right behind a refused one is refused too', async () => {
    const client = await rig.connect()
    const open = client.send('session.open', { token: 'forged' })
    const offer = client.send('webrtc.offer', { rtpCapabilities: { codecs: [], headerExtensions: [] } })
    await expect(client.reply('session.open', open)).rejects.toEqual(coded('token-invalid'))
    await expect(client.reply('webrtc.offer', offer)).rejects.toEqual(coded('unauthenticated'))
  })

  test('a meeting that has ended is not joined', async () => {
    await rig.messaging.enqueue(MeetingEnd, { meetingId: rig.meeting.meetingId, reason: 'host-ended', atMs: 1 })
    await rig.messaging.idle()
    const client = await rig.connect()
    const { token } = await rig.grant()
    await expect(client.request('session.open', { token })).rejects.toEqual(coded('meeting-ended'))
  })

  test('a join that fails for good is told and closed, and its seat is not had again', async () => {
    rig.meetings.refuseWith = new CodedError('meeting-full', 'This meeting is full.')
    const { token } = await rig.grant()
    const client = await rig.connect()
    // The failure may come before or after the reply.
    const opened = await client.request('session.open', { token }).then(
      () => 'opened',
      error => error.code,
    )
    if (opened === 'opened') {
      expect(await client.notification('session.closed')).toMatchObject({ error: { code: 'meeting-full' } })
      expect(await client.closed).toEqual({ code: 1000, reason: 'meeting-full' })
    } else expect(opened).toBe('meeting-full')
    const again = await rig.connect()
    await expect(again.request('session.open', { token })).rejects.toEqual(coded('meeting-full'))
  })

  test('a roster that cannot be read fails the opening and gives the seat up', async () => {
    rig.meetings.beforeRead = async () => {
      throw new CodedError('unavailable', 'Not now.')
    }
    const { token, peerId } = await rig.grant()
    const client = await rig.connect()
    await expect(client.request('session.open', { token })).rejects.toEqual(coded('unavailable'))
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([{ peerId, reason: 'lost' }])
  })

  test('a seat that is given up is given up also when that cannot be recorded at once', async () => {
    await using own = await openRig({ enqueueBackoff: { baseMs: 1, capMs: 20 } })
    own.meetings.beforeRead = async () => {
      throw new CodedError('unavailable', 'Not now.')
    }
    const { enqueue } = own.messaging
    let refusals = 0
    vi.spyOn(own.messaging, 'enqueue').mockImplementation(async (task, payload, options) => {
      if (task.name === MeetingUserLeave.name && ++refusals < 4) throw new CodedError('storage-failed', 'Disk full.')
      return await enqueue.call(own.messaging, task, payload, options)
    })
    const { token, peerId } = await own.grant()
    const client = await own.connect()
    await expect(client.request('session.open', { token })).rejects.toEqual(coded('unavailable'))
    await expect.poll(() => own.meetings.left, { timeout: 20_000 }).toEqual([{ peerId, reason: 'lost' }])
  })

  test('a socket that closes while it joins leaves nobody behind', async () => {
    const { promise: mayRead, resolve: letRead } = Promise.withResolvers<void>()
    const { promise: reading, resolve: readStarted } = Promise.withResolvers<void>()
    rig.meetings.beforeRead = () => {
      readStarted()
      return mayRead
    }
    const { token, peerId } = await rig.grant()
    const client = await rig.connect()
    client.send('session.open', { token })
    await reading
    await lose(client)
    letRead()
    await expect.poll(() => rig.meetings.left, { timeout: 20_000 }).toEqual([{ peerId, reason: 'lost' }])
  })
})

describe('a socket that closes before its turn', () => {
  /** Holds the verifying of grants back. */
  function holdVerifying() {
    const { verifyGrant } = rig.tokens
    const { promise: begun, resolve: begin } = Promise.withResolvers<void>()
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>()
    vi.spyOn(rig.tokens, 'verifyGrant').mockImplementationOnce(async token => {
      begin()
      await mayGoOn
      return await verifyGrant(token)
    })
    return { begun, goOn }
  }

  const closeUnseated = async ({ ws }: { ws: WebSocket }) => {
    const before = rig.logLines.length
    ws.terminate()
    const isNoticed = () => rig.logLines.slice(before).some(line => line.includes('socket closed'))
    await expect.poll(isNoticed, { timeout: 20_000 }).toBe(true)
  }

  const refused = () => rig.logLines.filter(line => line.includes('connection-lost')).length

  test('while its grant is verified takes no seat', async () => {
    const { token } = await rig.grant()
    const client = await rig.connect()
    const verifying = holdVerifying()
    client.send('session.open', { token })
    await verifying.begun
    await closeUnseated(client)
    verifying.goOn()
    await expect.poll(refused, { timeout: 20_000 }).toBe(1)
    await rig.messaging.idle()
    expect(rig.service.status.sessions).toBe(0)
    expect(rig.meetings.meetings.get(rig.meeting.meetingId)?.peers.size).toBe(0)
    // The grant is not spent: who comes back with it gets the seat.
    expect(await (await rig.connect()).request('session.open', { token })).toMatchObject({ resumed: false })
  })

  test('while it waits behind another opening takes no seat back', async () => {
    const away = await rig.join()
    await lose(away.client)
    const { token } = await rig.grant()
    const client = await rig.connect()
    const verifying = holdVerifying()
    client.send('session.open', { token })
    client.send('session.open', { token: away.token, resumeKey: away.resumeKey })
    await verifying.begun
    await closeUnseated(client)
    verifying.goOn()
    await expect.poll(refused, { timeout: 20_000 }).toBe(2)
    await rig.messaging.idle()
    rig.clock.advance(RESUME_WINDOW_MS)
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([{ peerId: away.peerId, reason: 'lost' }])
  })
})

describe('leaving', () => {
  test('frees the seat at once, tells the others, and the socket may join again with another grant', async () => {
    const stays = await rig.join()
    const { client, token, peerId } = await rig.join()
    const local: string[] = []
    rig.service.localEvents.on(SessionClosed, ids => local.push(`closed ${ids.peerId}`))
    rig.service.localEvents.on(SessionCreated, ids => local.push(`created ${ids.peerId}`))
    await client.request('session.leave', {})
    expect(await stays.client.notification('peer.left')).toEqual({ peerId, reason: 'left' })
    await expect(client.request('session.open', { token })).rejects.toEqual(coded('session-unknown'))
    const next = await rig.grant()
    expect(await client.request('session.open', { token: next.token })).toMatchObject({ peerId: next.peerId })
    expect(local).toEqual([`closed ${peerId}`, `created ${next.peerId}`])
  })

  test('removal by somebody else closes the session and says so', async () => {
    const { client, peerId } = await rig.join()
    const { meetingId } = rig.meeting
    await rig.messaging.enqueue(MeetingUserLeave, { meetingId, peerId, reason: 'removed', atMs: Date.now() })
    expect(await client.notification('session.closed')).toMatchObject({ error: { code: 'forbidden' } })
    expect(await client.closed).toEqual({ code: 1000, reason: 'forbidden' })
  })
})

describe('news of an earlier session of the same seat, heard late after a restart', () => {
  test('that it left leaves the one that has the seat now alone', async () => {
    const { client, peerId } = await rig.join()
    const other = await rig.join()
    const { meetingId } = rig.meeting
    await rig.messaging.publish(UserLeft, { meetingId, peerId, reason: 'lost', atMs: Date.now() - 60_000 })
    expect(await other.client.notification('peer.left')).toEqual({ peerId, reason: 'lost' })
    await client.request('session.leave', {})
    expect(client.notified).not.toContain('session.closed')
  })

  test('that it could not join leaves the one that has the seat now alone', async () => {
    const { client, token, peerId } = await rig.join()
    const { userId, displayName, role } = await rig.tokens.verifyGrant(token)
    rig.meetings.refuseWith = new CodedError('session-unknown', 'That session is gone.')
    const atMs = Date.now() - 60_000
    const join = { meetingId: rig.meeting.meetingId, peerId, userId, displayName, role, atMs }
    await rig.messaging.enqueue(MeetingUserJoin, join)
    await rig.messaging.idle()
    await client.request('session.leave', {})
    expect(client.notified).not.toContain('session.closed')
  })
})

describe('a lost socket', () => {
  test('within the window the seat is kept, and what happened meanwhile follows the reply in order', async () => {
    const away = await rig.join()
    await lose(away.client)
    const other = await rig.join()
    await other.client.request('session.leave', {})
    await rig.messaging.idle()

    const back = await rig.connect()
    const reply = await back.request('session.open', { token: away.token, resumeKey: away.resumeKey })
    expect(reply).toMatchObject({ peerId: away.peerId, resumed: true, resumeKey: away.resumeKey, peers: [] })
    await back.settle()
    expect(back.notified.slice(-2)).toEqual(['peer.joined', 'peer.left'])

    rig.clock.advance(10 * RESUME_WINDOW_MS)
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([{ peerId: other.peerId, reason: 'left' }])
    await back.request('webrtc.offer', { rtpCapabilities: { codecs: [], headerExtensions: [] } })
    await back.notification('webrtc.answer')
  })

  test('after the window the peer is lost, and the grant opens nothing any more', async () => {
    const { client, token, peerId, resumeKey } = await rig.join()
    await lose(client)
    await rig.messaging.idle()
    rig.clock.advance(RESUME_WINDOW_MS - 1)
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([])
    rig.clock.advance(1)
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([{ peerId, reason: 'lost' }])
    const back = await rig.connect()
    await expect(back.request('session.open', { token, resumeKey })).rejects.toEqual(coded('session-unknown'))
  })

  test('that cannot be recorded at once is recorded later, and only while it is one', async () => {
    await using own = await openRig({ enqueueBackoff: { baseMs: 1, capMs: 20 } })
    const [gone, back] = [await own.join(), await own.join()]
    const isFull = { now: true }
    const { enqueue } = own.messaging
    const refused: PeerId[] = []
    vi.spyOn(own.messaging, 'enqueue').mockImplementation(async (task, payload, options) => {
      if (!isFull.now || task.name !== SignalingConnectionManage.name) {
        return await enqueue.call(own.messaging, task, payload, options)
      }
      refused.push(SignalingConnectionManage.payload.parse(payload).peerId)
      throw new CodedError('queue-full', 'Too much to do.', { retryAfterMs: 1 })
    })
    for (const { client, peerId } of [gone, back]) {
      client.ws.terminate()
      const attempts = () => refused.filter(refusedPeer => refusedPeer === peerId).length
      await expect.poll(attempts, { timeout: 20_000 }).toBeGreaterThan(2)
    }
    await (await own.connect()).request('session.open', { token: back.token, resumeKey: back.resumeKey })
    isFull.now = false
    await own.messaging.idle()
    await expect
      .poll(
        async () => {
          own.clock.advance(RESUME_WINDOW_MS)
          await own.messaging.idle()
          return own.meetings.left
        },
        { timeout: 20_000 },
      )
      .toEqual([{ peerId: gone.peerId, reason: 'lost' }])
    expect(own.service.status.sessions).toBe(1)
  })

  test('a second loss has a window of its own', async () => {
    const { client, token, peerId, resumeKey } = await rig.join()
    await lose(client)
    await rig.messaging.idle()
    rig.clock.advance(RESUME_WINDOW_MS - 1)
    const back = await rig.connect()
    await back.request('session.open', { token, resumeKey })
    await lose(back)
    await rig.messaging.idle()
    rig.clock.advance(RESUME_WINDOW_MS - 1)
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([])
    rig.clock.advance(1)
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([{ peerId, reason: 'lost' }])
  })

  test('what was sent but not confirmed when the socket died is sent again', async () => {
    const { client, token, resumeKey } = await rig.join()
    const other = await rig.join()
    await client.notification('peer.joined')
    await lose(client)
    const back = await rig.connect()
    await back.request('session.open', { token, resumeKey })
    expect(await back.notification('peer.joined')).toMatchObject({ peer: { peerId: other.peerId } })
  })

  test('a meeting that ended meanwhile is what the client is told', async () => {
    const { client, token, resumeKey } = await rig.join()
    await lose(client)
    await rig.messaging.enqueue(MeetingEnd, { meetingId: rig.meeting.meetingId, reason: 'host-ended', atMs: 1 })
    await rig.messaging.idle()
    const back = await rig.connect()
    await expect(back.request('session.open', { token, resumeKey })).rejects.toEqual(coded('meeting-ended'))
  })
})

describe('who may resume', () => {
  test('the right key takes the seat over from a socket that still lives', async () => {
    const { client, token, peerId, resumeKey } = await rig.join()
    const back = await rig.connect()
    expect(await back.request('session.open', { token, resumeKey })).toMatchObject({ peerId, resumed: true })
    expect(await client.notification('session.closed')).toMatchObject({ error: { code: 'session-replaced' } })
    expect(await client.closed).toEqual({ code: 1000, reason: 'session-replaced' })
    await rig.messaging.idle()
    rig.clock.advance(10 * RESUME_WINDOW_MS)
    await rig.messaging.idle()
    expect(rig.meetings.left).toEqual([])
  })

  test('a stolen token takes nothing, neither from a live session nor from one that is away', async () => {
    const { client, token } = await rig.join()
    const thief = await rig.connect()
    const wrongKey = randomBytes(32).toString('base64url')
    for (const isAway of [false, true]) {
      if (isAway) await lose(client)
      await expect(thief.request('session.open', { token })).rejects.toEqual(coded('already-joined'))
      for (const resumeKey of [wrongKey, '', 'x']) {
        await expect(thief.request('session.open', { token, resumeKey })).rejects.toEqual(coded('session-unknown'))
      }
    }
  })

  test('a stolen key takes nothing with a grant of one’s own', async () => {
    const { client, peerId, resumeKey } = await rig.join()
    const own = await rig.grant()
    const thief = await rig.connect()
    const reply = await thief.request('session.open', { token: own.token, resumeKey })
    expect(reply).toMatchObject({ peerId: own.peerId, resumed: false })
    expect(reply.peerId).not.toBe(peerId)
    await client.request('session.leave', {})
  })

  test('a grant that expired since still resumes the session it opened, and opens nothing else', async () => {
    const { client, token, peerId, resumeKey } = await rig.join()
    await lose(client)
    rig.tokenTimeMs += 3_600_000
    const back = await rig.connect()
    await expect(back.request('session.open', { token })).rejects.toEqual(coded('already-joined'))
    expect(await back.request('session.open', { token, resumeKey })).toMatchObject({ peerId, resumed: true })
    await back.request('session.leave', {})
    await expect(back.request('session.open', { token, resumeKey })).rejects.toEqual(coded('token-expired'))
  })

  test('after a restart, when no session is known, the grant opens its seat anew whatever the key', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'parley-signaling-restart-'))
    const before = await openRig({}, undefined, dataDir)
    const { token, peerId, resumeKey } = await before.join()
    await before[Symbol.asyncDispose]()
    {
      await using after = await openRig({}, undefined, dataDir)
      after.meetings.add({ ...before.meeting })
      const client = await after.connect()
      const reply = await client.request('session.open', { token, resumeKey })
      expect(reply).toMatchObject({ peerId, resumed: false })
      expect(reply.resumeKey).not.toBe(resumeKey)
      // The loss that the stop had scheduled finds the seat taken again.
      await after.messaging.idle()
      after.clock.advance(RESUME_WINDOW_MS)
      await after.messaging.idle()
      expect(after.meetings.left).toEqual([])
      await client.request('session.leave', {})
      await after.messaging.idle()
      expect(after.meetings.left).toEqual([{ peerId, reason: 'left' }])
    }
    await rm(dataDir, { recursive: true, force: true })
  })

  test('too much missed: the client is told to build its view anew, and gets none of the rest', async () => {
    const { client, token, resumeKey } = await rig.join()
    await lose(client)
    const stopped = {
      meetingId: rig.meeting.meetingId,
      peerId: PeerId.parse('someone'),
      producerId: ProducerId.parse('p'),
      source: 'mic',
      kind: 'audio',
      atMs: 1,
    } as const
    for (let n = 0; n < 1_100; n++) void rig.messaging.publish(StreamStopped, stopped)
    await rig.messaging.idle()
    const back = await rig.connect()
    expect(await back.request('session.open', { token, resumeKey })).toMatchObject({ resumed: false })
    await back.settle()
    expect(back.notified).toEqual([])
  })
})

test('the status counts sockets and sessions, those that are away included', async () => {
  const { client } = await rig.join()
  await rig.connect()
  expect(rig.service.status).toEqual({ sockets: 2, sessions: 1 })
  await lose(client)
  expect(rig.service.status).toEqual({ sockets: 1, sessions: 1 })
})

test('hints are not kept for a client that is away', async () => {
  const { client, token, peerId, resumeKey } = await rig.join()
  await lose(client)
  rig.messaging.hint(ActiveSpeaker, { meetingId: rig.meeting.meetingId, peerId })
  const back = await rig.connect()
  await back.request('session.open', { token, resumeKey })
  rig.messaging.hint(ActiveSpeaker, { meetingId: rig.meeting.meetingId, peerId: null })
  expect(await back.notification('speaker.active')).toEqual({ peerId: null })
})

describe('logs', () => {
  test('have no token, resume key, code or name in them', async () => {
    const { client, token, resumeKey } = await rig.join()
    await client.request('lobby.enter', { code: rig.meeting.code })
    await client.request('session.leave', {})
    client.close()
    await once(client.ws, 'close')
    const text = rig.logLines.join('')
    expect(text).toContain('session created')
    for (const secret of [token, resumeKey, rig.meeting.code, 'Ada Secret', 'Weekly'])
      expect(text).not.toContain(secret)
  })
})
