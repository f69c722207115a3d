import { setTimeout as delay } from 'node:timers/promises'
import { createWorker, type types } from 'mediasoup'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PeerId } from '#contracts/ids.ts'
import { mediaCodecs } from './codecs.ts'
import { clientCapabilities, micParameters, opusPacket } from './rtp-fixtures.ts'
import { toMediasoupCapabilities, toMediasoupParameters } from './rtp-mapping.ts'
import { SpeakerWatch } from './speaker-watch.ts'

/** Real packets into a real router: injected through a direct transport, as no DTLS stands before it. */

let worker: types.Worker
beforeAll(async () => {
  worker = await createWorker({ logLevel: 'error' })
})
afterAll(() => worker.close())

const PACKET_MS = 20
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
    const mySsrc = ssrc
    const producer = await transport.produce({
      kind: 'audio',
      rtpParameters: toMediasoupParameters(micParameters(`${ssrc}`, ssrc)),
    })
    await watch.add(peerId, producer)
    let index = 0
    return {
      producer,
      say: (levelDbov: number) => producer.send(opusPacket({ ssrc: mySsrc, index: index++, levelDbov })),
    }
  }
  return { router, transport, heard, microphone }
}

type Microphone = Awaited<ReturnType<Awaited<ReturnType<typeof openRoom>>['microphone']>>

/**
 * Sends packets at the pace of speech until something is so; the test's own timeout bounds it. Speech has syllables: the
 * algorithm behind the active speaker takes a steady level for a noise.
 */
async function speakUntil(levels: readonly (readonly [Microphone, number])[], isSo: () => boolean) {
  for (let index = 0; !isSo(); index += 1) {
    const isBetweenSyllables = index % 10 >= 7
    for (const [microphone, level] of levels) microphone.say(isBetweenSyllables ? -110 : level)
    await delay(PACKET_MS)
  }
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
  await expect.poll(() => heard.levels.at(-1)?.size, { timeout: 3_000 }).toBe(0)
  await expect.poll(() => heard.active.at(-1), { timeout: 3_000 }).toBe(null)
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
  const { producer, say } = await microphone(ada)
  const consumer = await transport.consume({
    producerId: producer.id,
    rtpCapabilities: toMediasoupCapabilities(clientCapabilities),
    paused: true,
  })
  const received: Buffer[] = []
  consumer.on('rtp', packet => received.push(packet))
  await consumer.resume()
  let sent = 0
  while (received.length < 5) {
    say(-30)
    sent += 1
    await delay(PACKET_MS)
  }
  expect(received.length).toBeLessThanOrEqual(sent)
  for (const packet of received) expect(packet.subarray(-3)).toEqual(Buffer.from([0xfc, 0xff, 0xfe]))
  router.close()
})
