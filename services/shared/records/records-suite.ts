import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MeetingCode, MeetingId, PeerId, ProducerId, UserId } from '#contracts/ids.ts'
import type { NewMeeting } from './meetings.ts'
import type { Joining } from './participants.ts'
import type { Records } from './records.ts'

const meetingId = MeetingId.parse('m1')
const otherId = MeetingId.parse('m2')
const ada = PeerId.parse('p-ada')
const bo = PeerId.parse('p-bo')

const newMeeting = (over: Partial<NewMeeting> = {}): NewMeeting => ({
  meetingId,
  code: MeetingCode.parse('abc-defg-hij'),
  title: 'Team 会议',
  createdBy: UserId.parse('u0'),
  createdAtMs: 1_000,
  ...over,
})
const joining = (peerId: PeerId, over: Partial<Joining> = {}): Joining => ({
  peerId,
  meetingId,
  userId: UserId.parse(`u-${peerId}`),
  displayName: 'Ada',
  role: 'participant',
  joinedAtMs: 2_000,
  ...over,
})

/** What every database that keeps our records has to do. @param open an empty database, again for each test */
export const recordsSuite = (driver: string, open: () => Promise<Records>) =>
  describe(`records in ${driver}`, () => {
    let records: Records
    beforeEach(async () => {
      records = await open()
      await records.meetings.insert(newMeeting())
    })
    afterEach(() => records.close())

    describe('meetings', () => {
      test('are found by id and by code, as they were stored', async () => {
        const stored = { ...newMeeting(), startedAtMs: null, endedAtMs: null, endReason: null }
        expect(await records.meetings.find(meetingId)).toEqual(stored)
        expect(await records.meetings.findByCode(newMeeting().code)).toEqual(stored)
        expect(await records.meetings.find(otherId)).toBeNull()
        expect(await records.meetings.findByCode(MeetingCode.parse('zzz-zzzz-zzz'))).toBeNull()
      })

      test('are stored once: neither the id nor the code is taken twice', async () => {
        expect(await records.meetings.insert(newMeeting({ title: 'Other' }))).toBe(false)
        expect(await records.meetings.insert(newMeeting({ meetingId: otherId }))).toBe(false)
        expect((await records.meetings.find(meetingId))?.title).toBe('Team 会议')
        expect(await records.meetings.find(otherId)).toBeNull()
      })

      test('start once and end once, with the first time and reason', async () => {
        expect(await records.meetings.start(meetingId, 2_000)).toBe(true)
        expect(await records.meetings.start(meetingId, 3_000)).toBe(false)
        expect(await records.meetings.end(meetingId, 'host-ended', 4_000)).toBe(true)
        expect(await records.meetings.end(meetingId, 'everyone-left', 5_000)).toBe(false)
        expect(await records.meetings.find(meetingId)).toMatchObject({
          startedAtMs: 2_000,
          endedAtMs: 4_000,
          endReason: 'host-ended',
        })
      })

      test('are live from their start to their end', async () => {
        await records.meetings.insert(newMeeting({ meetingId: otherId, code: MeetingCode.parse('xyz-xyzx-xyz') }))
        expect([await records.meetings.countLive(), await records.meetings.listLive()]).toEqual([0, []])
        await records.meetings.start(meetingId, 2_000)
        await records.meetings.start(otherId, 1_500)
        expect((await records.meetings.listLive()).map(live => live.meetingId)).toEqual([otherId, meetingId])
        await records.meetings.end(otherId, 'everyone-left', 9_000)
        expect(await records.meetings.countLive()).toBe(1)
      })

      test('keep times that need more than 32 bits', async () => {
        const atMs = Date.UTC(2286, 10, 20)
        await records.meetings.start(meetingId, atMs)
        expect((await records.meetings.find(meetingId))?.startedAtMs).toBe(atMs)
      })
    })

    describe('participants', () => {
      test('are present from joining to leaving, in the order in which they joined', async () => {
        await records.participants.join(joining(bo, { joinedAtMs: 3_000 }))
        await records.participants.join(joining(ada, { role: 'host' }))
        expect((await records.participants.listPresent(meetingId)).map(({ peerId }) => peerId)).toEqual([ada, bo])
        expect(await records.participants.leave(ada, 'left', 4_000)).toBe(true)
        expect(await records.participants.leave(ada, 'lost', 5_000)).toBe(false)
        expect(await records.participants.countPresent(meetingId)).toBe(1)
        expect(await records.participants.find(ada)).toMatchObject({
          leftAtMs: 4_000,
          leaveReason: 'left',
          role: 'host',
        })
        expect(await records.participants.lastLeftAtMs(meetingId)).toBe(4_000)
        expect(await records.participants.lastLeftAtMs(otherId)).toBeNull()
      })

      test('that come back take their row again', async () => {
        await records.participants.join(joining(ada))
        await records.participants.setConnection(ada, 'connected', 2_500)
        await records.participants.leave(ada, 'lost', 3_000)
        await records.participants.join(joining(ada, { joinedAtMs: 4_000 }))
        expect(await records.participants.listPresent(meetingId)).toEqual([
          {
            ...joining(ada),
            joinedAtMs: 4_000,
            leftAtMs: null,
            leaveReason: null,
            connection: null,
            connectionAtMs: null,
          },
        ])
      })

      test('of one meeting leave together, and those of another stay', async () => {
        await records.meetings.insert(newMeeting({ meetingId: otherId, code: MeetingCode.parse('xyz-xyzx-xyz') }))
        await records.participants.join(joining(ada))
        await records.participants.join(joining(bo, { meetingId: otherId }))
        await records.participants.leaveAll(meetingId, 'ended', 5_000)
        expect((await records.participants.listAllPresent()).map(({ peerId }) => peerId)).toEqual([bo])
        expect(await records.participants.countAllPresent()).toBe(1)
      })

      test('keep the latest news of their connection, in whatever order it comes', async () => {
        await records.participants.join(joining(ada))
        await records.participants.setConnection(ada, 'disconnected', 2_900)
        await records.participants.setConnection(ada, 'connected', 2_500)
        expect(await records.participants.find(ada)).toMatchObject({
          connection: 'disconnected',
          connectionAtMs: 2_900,
        })
        await records.participants.leave(ada, 'left', 3_000)
        await records.participants.setConnection(ada, 'connected', 3_500)
        expect(await records.participants.find(ada)).toMatchObject({ connection: 'disconnected' })
      })
    })

    describe('streams', () => {
      const mic = {
        producerId: ProducerId.parse('s1'),
        meetingId,
        peerId: ada,
        source: 'mic' as const,
        startedAtMs: 2_100,
      }
      const cam = {
        producerId: ProducerId.parse('s2'),
        meetingId,
        peerId: ada,
        source: 'cam' as const,
        startedAtMs: 2_200,
      }

      test('start and stop once, however often it is told', async () => {
        await records.streams.start(mic)
        await records.streams.start({ ...mic, startedAtMs: 9_000 })
        await records.streams.stop(mic.producerId, 3_000)
        await records.streams.stop(mic.producerId, 4_000)
        await records.streams.start(mic)
        expect(await records.streams.listOfPeer(ada)).toEqual([{ ...mic, stoppedAtMs: 3_000 }])
      })

      test('that still run stop with their meeting', async () => {
        await records.streams.start(cam)
        await records.streams.start(mic)
        await records.streams.stop(mic.producerId, 3_000)
        await records.streams.stopAll(meetingId, 5_000)
        expect((await records.streams.listOfPeer(ada)).map(({ stoppedAtMs }) => stoppedAtMs)).toEqual([3_000, 5_000])
      })
    })

    describe('a transaction', () => {
      test('stores nothing when its work fails', async () => {
        const failing = records.transaction(async inside => {
          await inside.meetings.start(meetingId, 2_000)
          await inside.participants.join(joining(ada))
          throw new Error('half-way')
        })
        await expect(failing).rejects.toThrow('half-way')
        expect((await records.meetings.find(meetingId))?.startedAtMs).toBeNull()
        expect(await records.participants.find(ada)).toBeNull()
      })

      test('does not mix with others that run at the same time', async () => {
        const peers = Array.from({ length: 20 }, (_, index) => PeerId.parse(`p${index}`))
        const outcomes = await Promise.allSettled(
          peers.map((peerId, index) =>
            records.transaction(async inside => {
              await inside.participants.join(joining(peerId))
              await Promise.resolve()
              if (index % 2 === 1) throw new Error('odd')
            }),
          ),
        )
        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
        expect(await records.participants.countPresent(meetingId)).toBe(10)
      })
    })

    test('a person whose name is SQL is a person', async () => {
      const displayName = `Robert'); DROP TABLE participants;--`
      await records.participants.join(joining(ada, { displayName }))
      expect((await records.participants.find(ada))?.displayName).toBe(displayName)
    })
  })
