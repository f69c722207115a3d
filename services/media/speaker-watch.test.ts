import { createWorker, type types } from 'mediasoup'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { PeerId } from '#contracts/ids.ts'
import { mediaCodecs } from './codecs.ts'
import { DirectMicrophone, speakUntil } from './fixtures/direct-microphone.ts'
import { clientCapabilities, OPUS_PAYLOAD } from './fixtures/rtp.ts'
import { toMediasoupCapabilities } from './rtp-mapping.ts'
import { SpeakerWatch } from './speaker-watch.ts'

// Real processes and real time: a busy machine may be slow
vi.setConfig({ testTimeout: 30_000 })

/** Real packets into a real router: injected through a direct transport, as no DTLS stands before it. */

let worker: types.Worker
beforeAll(async () => {
  worker = await createWorker({ logLevel: 'error' })
})
afterAll(() => worker.close())

const [ada, bo] = [PeerId.parse('ada'), PeerId.parse('bo')]

async function openRoom() {
  const router = await worker.createRouter({ mediaCodecs })
  const transport = await router.createDirectTransport()
  const heard: { active: (PeerId | null)[]; levels: Map<PeerId, number>[] } = { active: [], levels: [] }
  const watch = await SpeakerWatch.create(
    router,
    {
      onActiveSpeaker: peerId => heard.active.push(peerId),
      onLevels: levels => heard.levels.push(new Map(levels.map(({ peerId, volumeDbov }) => [peerId, volumeDbov]))),
    },
    { silenceHoldMs: 100 },
  )
  let ssrc = 1_000
  const microphone = async (peerId: PeerId) => {
    ssrc += 1
    const opened = await DirectMicrophone.open(transport, ssrc)
    await watch.add(peerId, opened.producer)
    return opened
  }
  return { router, transport, heard, microphone }
}

test('the one who speaks is named with their level, the quiet one is not, and silence names nobody', async () => {
  const { router, heard, microphone } = await openRoom()
  const [loud, quiet] = [await microphone(ada), await microphone(bo)]
  await speakUntil(
    [
      [loud, -20],
      [quiet, -100],
    ],
    () => heard.levels.length > 2 && heard.active.at(-1) === ada,
  )
  for (const levels of heard.levels) {
    expect([...levels.keys()]).toEqual([ada])
    expect(levels.get(ada)).toBeGreaterThan(-60)
  }
  await expect.poll(() => heard.levels.at(-1)?.size, { timeout: 10_000 }).toBe(0)
  await expect.poll(() => heard.active.at(-1), { timeout: 10_000 }).toBe(null)
  router.close()
})

test('when another speaks up they become the active speaker, until they mute', async () => {
  const { router, heard, microphone } = await openRoom()
  const [first, second] = [await microphone(ada), await microphone(bo)]
  await speakUntil(
    [
      [first, -20],
      [second, -120],
    ],
    () => heard.active.at(-1) === ada,
  )
  await speakUntil(
    [
      [first, -120],
      [second, -15],
    ],
    () => heard.active.at(-1) === bo,
  )
  await second.producer.pause()
  expect(heard.active.at(-1)).toBe(null)
  router.close()
})

test('a speaker whose microphone closes speaks no more', async () => {
  const { router, heard, microphone } = await openRoom()
  const only = await microphone(ada)
  await speakUntil([[only, -10]], () => heard.active.at(-1) === ada)
  only.producer.close()
  expect(heard.active.at(-1)).toBe(null)
  router.close()
})

test('packets of a producer made from mapped parameters reach a consumer with mapped capabilities', async () => {
  const { router, transport, microphone } = await openRoom()
  const speaker = await microphone(ada)
  const consumer = await transport.consume({
    producerId: speaker.producer.id,
    rtpCapabilities: toMediasoupCapabilities(clientCapabilities),
    paused: true,
  })
  const received: Buffer[] = []
  consumer.on('rtp', packet => received.push(packet))
  await consumer.resume()
  await speakUntil([[speaker, -30]], () => received.length >= 5)
  for (const packet of received) expect(packet.subarray(-3)).toEqual(OPUS_PAYLOAD)
  router.close()
})
