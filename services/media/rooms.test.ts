import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { MeetingId } from '#contracts/ids.ts'
import { createLog } from '../shared/log/log.ts'
import type { RoomNews } from './room.ts'
import { Rooms } from './rooms.ts'
import { WorkerPool } from './worker-pool.ts'

// Real processes and real time: a busy machine may be slow
vi.setConfig({ testTimeout: 30_000 })

const log = createLog({ level: 'silent', service: 'media' })
const silent: RoomNews = {
  streamStarted: () => {},
  streamStopped: () => {},
  streamPaused: () => {},
  connectionChanged: () => {},
  speakerLevels: () => {},
  activeSpeaker: () => {},
}
let workers: WorkerPool
beforeAll(async () => {
  workers = await WorkerPool.create({ listenAddresses: ['127.0.0.1'], port: 0, count: 1, log })
})
afterAll(() => workers.close())

const openRooms = () => new Rooms({ workers, newsOf: () => silent, log, emptyAfterMs: 60_000 })

test('those who want the same room at once get one, and another meeting gets another', async () => {
  const rooms = openRooms()
  const meetingId = MeetingId.parse('m1')
  // Not awaited in between: the second asks while the first is still being made
  const [first, second, other] = await Promise.all([
    rooms.open(meetingId),
    rooms.open(meetingId),
    rooms.open(MeetingId.parse('m2')),
  ])
  expect(second).toBe(first)
  expect(other).not.toBe(first)
  expect(rooms.count).toBe(2)
  rooms.close()
})

test('a room whose meeting ends while it is made is closed when it is there', async () => {
  const rooms = openRooms()
  const meetingId = MeetingId.parse('m1')
  const opening = rooms.open(meetingId)
  rooms.end(meetingId)
  const room = await opening
  await expect.poll(() => room.closed).toBe(true)
  expect(() => rooms.open(meetingId)).toThrow(expect.objectContaining({ code: 'meeting-ended' }))
  expect(rooms.count).toBe(0)
})
