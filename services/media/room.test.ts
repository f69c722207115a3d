import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { MeetingId, PeerId } from '#contracts/ids.ts'
import type { RtpCapabilities } from '#contracts/rtp.ts'
import { createLog } from '../shared/log/log.ts'
import { DirectMicrophone, speakUntil } from './fixtures/direct-microphone.ts'
import { clientCapabilities, OPUS_PAYLOAD } from './fixtures/rtp.ts'
import type { Peer } from './peer.ts'
import { Room, type RoomNews } from './room.ts'
import { WorkerPool } from './worker-pool.ts'

// Real processes and real time: a busy machine may be slow
vi.setConfig({ testTimeout: 30_000 })

const log = createLog({ level: 'silent', service: 'media' })
const [ada, bo] = [PeerId.parse('ada'), PeerId.parse('bo')]
let workers: WorkerPool
beforeAll(async () => {
  workers = await WorkerPool.create({ listenAddresses: ['127.0.0.1'], port: 0, count: 1, log })
})
afterAll(() => workers.close())

async function openRoom() {
  const heard: string[] = []
  const speakers: (PeerId | null)[] = []
  const loud = new Set<PeerId>()
  const news: RoomNews = {
    streamStarted: ({ peerId, source }) => heard.push(`${peerId} started ${source}`),
    streamStopped: ({ peerId, source }) => heard.push(`${peerId} stopped ${source}`),
    streamPaused: ({ peerId, paused }) => heard.push(`${peerId} paused ${paused}`),
    connectionChanged: (peerId, change) => heard.push(`${peerId} ${change}`),
    speakerLevels: levels => {
      for (const { peerId } of levels) loud.add(peerId)
    },
    activeSpeaker: peerId => speakers.push(peerId),
  }
  const onClosed = () => heard.push('closed')
  const room = await Room.create(MeetingId.parse('m'), { workers, news, log, onClosed, emptyAfterMs: 60_000 })
  const transport = await room.router.createDirectTransport()
  const admit = async (peerId: PeerId, rtpCapabilities: RtpCapabilities = clientCapabilities): Promise<Peer> => {
    const peer = await room.admit({ peerId, rtpCapabilities, atMs: 1 })
    if (!peer) throw new Error('the peer was not admitted')
    return peer
  }
  return { room, transport, admit, heard, speakers, loud }
}

test('who speaks into a microphone of the room is named to everyone, and their voice reaches who listens', async () => {
  const { room, transport, admit, heard, speakers, loud } = await openRoom()
  const [speaker, listener] = [await admit(ada), await admit(bo)]
  const microphone = await DirectMicrophone.open(transport, 1_234)
  const producerId = speaker.adopt('mic', microphone.producer)
  expect(room.streamsFor(bo)).toMatchObject([{ producerId, peerId: ada, source: 'mic' }])
  expect(room.streamsFor(ada)).toEqual([])

  const ear = await transport.consume({ producerId, rtpCapabilities: room.router.rtpCapabilities })
  const received: Buffer[] = []
  ear.on('rtp', packet => received.push(packet))
  await speakUntil([[microphone, -15]], () => loud.has(ada) && speakers.at(-1) === ada && received.length > 10)
  expect(received[0]?.subarray(-3)).toEqual(OPUS_PAYLOAD)

  const { consumers } = await listener.createConsumers([producerId])
  expect(consumers).toMatchObject([{ producerId, peerId: ada, kind: 'audio' }])
  room.remove(ada, Date.now())
  expect(speakers.at(-1)).toBe(null)
  expect(heard).toEqual(['ada started mic', 'ada stopped mic'])
  room.close()
})

test('a room that closes stops every stream once, and says so once', async () => {
  const { room, transport, admit, heard } = await openRoom()
  const peer = await admit(ada)
  peer.adopt('mic', (await DirectMicrophone.open(transport, 1)).producer)
  room.close()
  room.close()
  expect(heard).toEqual(['ada started mic', 'ada stopped mic', 'closed'])
  await expect(room.admit({ peerId: bo, rtpCapabilities: clientCapabilities, atMs: 1 })).rejects.toMatchObject({
    code: 'media-unavailable',
  })
})

test('a peer removed while its transports are opened is not admitted', async () => {
  const { room, heard } = await openRoom()
  const admission = room.admit({ peerId: ada, rtpCapabilities: clientCapabilities, atMs: 1 })
  room.remove(ada, Date.now())
  expect(await admission).toBeUndefined()
  expect(room.peerCount).toBe(0)
  expect(() => room.peer(ada)).toThrow(expect.objectContaining({ code: 'peer-unknown' }))
  expect(heard).toEqual([])
  room.close()
})

test('of two offers at once the later wins, whichever transports were ready first', async () => {
  const { room } = await openRoom()
  const offer = { peerId: ada, rtpCapabilities: clientCapabilities }
  const [earlier, later] = await Promise.all([room.admit({ ...offer, atMs: 1 }), room.admit({ ...offer, atMs: 2 })])
  expect(earlier).toBeUndefined()
  expect(room.peer(ada)).toBe(later)
  room.close()
})
