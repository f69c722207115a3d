import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { StreamStarted, StreamStopped } from '#contracts/events/media.ts'
import { WebrtcConnected, WebrtcDisconnected } from '#contracts/events/signaling.ts'
import { MeetingCode, MeetingId, PeerId, ProducerId } from '#contracts/ids.ts'
import { IssueGrant, LookUpMeeting, ReadMeeting } from '#contracts/requests/meeting.ts'
import { MeetingCreate } from '#contracts/tasks/meeting.ts'
import { ada, bo, code, cy, MeetingRig, meetingId, ownerId } from './fixtures/meeting-rig.ts'
import type { MeetingConfig } from './meeting-deps.ts'

// Each test has a database and a writer thread of its own; a busy machine takes its time
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 })

const GRACE_MS = 600_000
let rig: MeetingRig
const reopen = async (config: Partial<MeetingConfig> = {}) => {
  await rig?.[Symbol.asyncDispose]()
  rig = await MeetingRig.open(config)
}
beforeEach(async () => {
  rig = await MeetingRig.open()
})
afterEach(() => rig[Symbol.asyncDispose]())

const coded = (errorCode: string) => expect.objectContaining({ code: errorCode })
const settled = async (...work: Promise<unknown>[]) => {
  await Promise.all(work)
  await rig.settle()
}

describe('the life of a meeting', () => {
  test('is created, starts with the first to join, hears who comes and goes, and ends', async () => {
    await settled(rig.create())
    await settled(rig.join(ada))
    await settled(rig.join(bo))
    await settled(rig.leave(ada))
    await settled(rig.end())
    expect(rig.takeNames()).toEqual([
      'meeting.created',
      'meeting.started',
      'meeting.user_joined',
      'meeting.user_joined',
      'meeting.user_left',
      'meeting.ended',
    ])
    expect(rig.heardLocally.map(([name]) => name)).toEqual(['meeting_created', 'meeting_ended'])
    expect(await rig.records.meetings.find(meetingId)).toMatchObject({ endReason: 'host-ended' })
    expect(await rig.records.participants.find(bo)).toMatchObject({ leaveReason: 'ended' })
  })

  test('joins that were enqueued right behind the creation come after it', async () => {
    await settled(rig.create(), rig.join(ada), rig.join(bo), rig.join(cy), rig.leave(bo))
    expect(rig.takeNames()).toEqual([
      'meeting.created',
      'meeting.started',
      ...Array(3).fill('meeting.user_joined'),
      'meeting.user_left',
    ])
    expect((await rig.records.participants.listPresent(meetingId)).map(({ peerId }) => peerId)).toEqual([ada, cy])
  })

  test('a task that comes twice is stored once and published again', async () => {
    const atMs = rig.clock.now()
    for (const again of [1, 2]) {
      await settled(rig.messaging.enqueue(MeetingCreate, { meetingId, code, title: 'Team', createdBy: ownerId, atMs }))
      expect([again, rig.takeNames()]).toEqual([again, ['meeting.created']])
    }
    for (const again of [1, 2]) {
      await settled(rig.join(ada, atMs))
      expect([again, rig.takeNames()]).toEqual([again, ['meeting.started', 'meeting.user_joined']])
    }
    for (const again of [1, 2]) {
      await settled(rig.leave(ada, atMs + 5))
      expect([again, rig.takeNames()]).toEqual([again, ['meeting.user_left']])
    }
    expect(await rig.records.participants.countPresent(meetingId)).toBe(0)
  })

  test('nothing is published when nothing was stored', async () => {
    await settled(rig.leave(ada))
    await settled(rig.create(), rig.join(ada))
    rig.takeNames()
    await settled(rig.leave(bo))
    await settled(rig.leave(ada))
    await settled(rig.leave(ada))
    expect(rig.takeNames()).toEqual(['meeting.user_left'])
    await settled(rig.end())
    await settled(rig.end())
    expect(rig.takeNames()).toEqual(['meeting.ended'])
  })

  test('what fails for good says so: unknown, ended and full meetings, and a code that is taken', async () => {
    await reopen({ maxParticipants: 2 })
    await settled(rig.join(ada))
    await settled(rig.create(), rig.join(ada), rig.join(bo))
    await settled(rig.join(cy))
    const other = { meetingId: MeetingId.parse('m2'), code, title: 'Other', createdBy: ownerId, atMs: 0 }
    await settled(rig.messaging.enqueue(MeetingCreate, other))
    await settled(rig.end())
    await settled(rig.join(cy))
    const failures = rig.heard.filter(([name]) => name.endsWith('.failed'))
    expect(failures.map(([name, payload]) => [name, 'code' in payload && payload.code])).toEqual([
      ['meeting_user_join.failed', 'meeting-unknown'],
      ['meeting_user_join.failed', 'meeting-full'],
      ['meeting_create.failed', 'bad-request'],
      ['meeting_user_join.failed', 'meeting-ended'],
    ])
  })

  test('in a full meeting, a peer that is in it may still join again, and a free seat may be taken', async () => {
    await reopen({ maxParticipants: 2 })
    await settled(rig.create(), rig.join(ada), rig.join(bo))
    await settled(rig.join(ada))
    await settled(rig.leave(bo))
    await settled(rig.join(cy))
    expect(rig.takeNames().filter(name => name.endsWith('.failed'))).toEqual([])
    expect(await rig.records.participants.countPresent(meetingId)).toBe(2)
  })
})

describe('a meeting that everyone left', () => {
  beforeEach(() => settled(rig.create(), rig.join(ada), rig.join(bo)))

  test('ends by itself after the grace time, and not before', async () => {
    await settled(rig.leave(ada))
    await settled(rig.leave(bo))
    rig.takeNames()
    rig.clock.advance(GRACE_MS - 10)
    await rig.settle()
    expect(rig.takeNames()).toEqual([])
    rig.clock.advance(10)
    await rig.settle()
    expect(rig.heard).toEqual([['meeting.ended', expect.objectContaining({ reason: 'everyone-left' })]])
  })

  test('ends also when the clock was set back between the last two who left', async () => {
    const atMs = rig.clock.now()
    await settled(rig.leave(ada, atMs + 50))
    await settled(rig.leave(bo, atMs))
    rig.takeNames()
    rig.clock.advance(GRACE_MS)
    await rig.settle()
    expect(rig.takeNames()).toEqual(['meeting.ended'])
  })

  test('goes on when somebody is there again', async () => {
    await settled(rig.leave(ada), rig.leave(bo))
    await settled(rig.join(bo))
    rig.clock.advance(GRACE_MS)
    await rig.settle()
    expect(rig.takeNames()).not.toContain('meeting.ended')
  })

  test('waits anew when somebody came and went since', async () => {
    await settled(rig.leave(ada), rig.leave(bo))
    rig.clock.advance(GRACE_MS / 2)
    await settled(rig.join(cy))
    await settled(rig.leave(cy))
    rig.clock.advance(GRACE_MS / 2)
    await rig.settle()
    expect(rig.takeNames()).not.toContain('meeting.ended')
    rig.clock.advance(GRACE_MS / 2)
    await rig.settle()
    expect(rig.takeNames()).toEqual(['meeting.ended'])
  })

  test('ends also when the server was restarted meanwhile', async () => {
    await settled(rig.leave(ada), rig.leave(bo))
    await rig.restart()
    rig.takeNames()
    rig.clock.advance(GRACE_MS)
    await rig.settle()
    expect(rig.takeNames()).toEqual(['meeting.ended'])
  })
})

describe('after a restart', () => {
  beforeEach(async () => {
    await settled(rig.create(), rig.join(ada), rig.join(bo))
    await settled(rig.leave(bo))
    rig.takeNames()
  })

  test('whoever was present is recorded as lost, and may take the same seat again', async () => {
    await rig.restart()
    await rig.settle()
    expect(rig.heard).toEqual([['meeting.user_left', expect.objectContaining({ peerId: ada, reason: 'lost' })]])
    await settled(rig.join(ada))
    expect(await rig.records.participants.listPresent(meetingId)).toMatchObject([{ peerId: ada, leftAtMs: null }])
  })

  test('a client that is back before the loss was recorded is present in the end', async () => {
    await rig.restart()
    await settled(rig.join(ada))
    expect(await rig.records.participants.countPresent(meetingId)).toBe(1)
    expect(rig.takeNames()).toEqual(['meeting.user_left', 'meeting.user_joined'])
  })

  test('a join that the earlier process left undone does not seat a client that is gone', async () => {
    const atMs = rig.clock.now()
    rig.clock.advance(10)
    await rig.restart()
    await settled(rig.join(cy, atMs))
    expect(await rig.records.participants.find(cy)).toBeNull()
    // Whoever lives and only has a clock that was set back hears of it
    expect(rig.heard.at(-1)).toEqual([
      'meeting_user_join.failed',
      expect.objectContaining({ code: 'session-unknown', payload: expect.objectContaining({ peerId: cy, atMs }) }),
    ])
  })

  test('a loss from before a peer came back does not take its new seat', async () => {
    const lostAtMs = rig.clock.now()
    rig.clock.advance(10)
    await settled(rig.join(ada), rig.leave(ada, lostAtMs))
    expect(await rig.records.participants.countPresent(meetingId)).toBe(1)
    await settled(rig.leave(ada))
    expect(await rig.records.participants.countPresent(meetingId)).toBe(0)
  })

  test('nobody is lost when signaling, which holds the sessions, runs elsewhere', async () => {
    await reopen({ ownsSessions: false })
    await settled(rig.create(), rig.join(ada))
    await rig.restart()
    await rig.settle()
    expect(await rig.records.participants.countPresent(meetingId)).toBe(1)
  })
})

test('all live meetings end when the host quits; those that nobody has joined yet stay', async () => {
  await settled(rig.create(), rig.join(ada))
  const unused = {
    meetingId: MeetingId.parse('m2'),
    code: MeetingCode.parse('xyz-xyzx-xyz'),
    title: 'Later',
    createdBy: ownerId,
  }
  await settled(rig.messaging.enqueue(MeetingCreate, { ...unused, atMs: rig.clock.now() }))
  rig.takeNames()
  expect(await rig.service.endAllLiveMeetings('host-quit')).toBe(1)
  await rig.settle()
  expect(rig.heard).toEqual([['meeting.ended', expect.objectContaining({ meetingId, reason: 'host-quit' })]])
  expect(await rig.records.meetings.find(unused.meetingId)).toMatchObject({ endedAtMs: null })
})

describe('admission', () => {
  const grantFor = (ownerToken?: string) =>
    rig.messaging.request(IssueGrant, {
      code,
      displayName: '  Ada  ',
      ...(ownerToken === undefined ? {} : { ownerToken }),
    })

  test('looks a code up, with how many are there', async () => {
    await expect(rig.messaging.request(LookUpMeeting, { code })).rejects.toThrow(coded('meeting-unknown'))
    await settled(rig.create())
    expect(await rig.messaging.request(LookUpMeeting, { code })).toMatchObject({
      state: 'created',
      participantCount: 0,
    })
    await settled(rig.join(ada))
    expect(await rig.messaging.request(LookUpMeeting, { code })).toEqual({
      meetingId,
      code,
      title: 'Team',
      state: 'started',
      startedAtMs: expect.any(Number),
      participantCount: 1,
    })
    await settled(rig.end())
    await expect(rig.messaging.request(LookUpMeeting, { code })).rejects.toThrow(coded('meeting-ended'))
    await expect(grantFor()).rejects.toThrow(coded('meeting-ended'))
  })

  test('gives each applicant a seat of its own, under a trimmed name, for ten minutes', async () => {
    await settled(rig.create())
    const [first, second] = [await grantFor(), await grantFor()]
    const claims = await rig.tokens.verifyGrant(first.token)
    expect(claims).toMatchObject({ meetingId, displayName: 'Ada', role: 'participant', userId: first.userId })
    expect(first.expiresAtMs - rig.clock.now()).toBeGreaterThan(598_000)
    expect(first.expiresAtMs - rig.clock.now()).toBeLessThanOrEqual(600_000)
    const other = await rig.tokens.verifyGrant(second.token)
    expect(other.peerId).not.toBe(claims.peerId)
    expect(other.userId).not.toBe(claims.userId)
  })

  test('makes a host of whoever has an owner token of this server, and of nobody else', async () => {
    await settled(rig.create())
    const owner = await rig.tokens.signOwner({ use: 'owner', userId: ownerId })
    expect(await rig.tokens.verifyGrant((await grantFor(owner.token)).token)).toMatchObject({ role: 'host' })
    await expect(grantFor('nonsense')).rejects.toThrow(coded('token-invalid'))
    await expect(grantFor((await grantFor()).token)).rejects.toThrow(coded('token-invalid'))
    rig.clock.advance(600_000)
    await expect(grantFor(owner.token)).rejects.toThrow(coded('token-expired'))
  })

  test('ends when all seats are taken', async () => {
    await reopen({ maxParticipants: 2 })
    await settled(rig.create(), rig.join(ada), rig.join(bo))
    await expect(grantFor()).rejects.toThrow(coded('meeting-full'))
    await settled(rig.leave(ada))
    await expect(grantFor()).resolves.toMatchObject({ token: expect.any(String) })
  })

  test('reads the roster in the order of joining, and of no meeting that is not there', async () => {
    await settled(rig.create())
    await settled(rig.join(bo))
    await settled(rig.join(ada))
    const { meeting, peers } = await rig.messaging.request(ReadMeeting, { meetingId })
    expect(peers.map(({ peerId }) => peerId)).toEqual([bo, ada])
    expect(meeting.participantCount).toBe(2)
    const unknown = rig.messaging.request(ReadMeeting, { meetingId: MeetingId.parse('m9') })
    await expect(unknown).rejects.toThrow(coded('meeting-unknown'))
  })
})

describe('the record of who was there', () => {
  const at = () => ({ meetingId, peerId: ada, atMs: rig.clock.now() })
  const mic = () => ({ ...at(), producerId: ProducerId.parse('s1'), source: 'mic' as const, kind: 'audio' as const })
  beforeEach(() => settled(rig.create(), rig.join(ada)))

  test('says whether media reaches a peer', async () => {
    await settled(rig.messaging.publish(WebrtcConnected, at()))
    expect(await rig.records.participants.find(ada)).toMatchObject({ connection: 'connected' })
    await settled(rig.messaging.publish(WebrtcDisconnected, at()))
    expect(await rig.records.participants.find(ada)).toMatchObject({ connection: 'disconnected' })
  })

  test('says what a peer published from when to when', async () => {
    await settled(rig.messaging.publish(StreamStarted, { ...mic(), paused: false }))
    expect(await rig.records.streams.listOfPeer(ada)).toMatchObject([{ source: 'mic', stoppedAtMs: null }])
    await settled(rig.messaging.publish(StreamStopped, mic()))
    expect(await rig.records.streams.listOfPeer(ada)).toMatchObject([{ stoppedAtMs: expect.any(Number) }])
  })

  test('leaves streams of meetings out that it does not know', async () => {
    const strange = { ...mic(), meetingId: MeetingId.parse('m9'), peerId: PeerId.parse('p9'), paused: false }
    await settled(rig.messaging.publish(StreamStarted, strange))
    expect(await rig.records.streams.listOfPeer(strange.peerId)).toEqual([])
  })
})
