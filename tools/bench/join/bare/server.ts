import { once } from 'node:events'
import type { types } from 'mediasoup'
import { createWorker } from 'mediasoup'
import { type WebSocket, WebSocketServer } from 'ws'

/**
 * The floor: the least server that mediasoup needs for a call. One router, a plain socket, no tokens, no records, no
 * messaging. It does for a joining client what Parley's media service does, and nothing else.
 */
const worker = await createWorker({ logLevel: 'error' })
const webRtcServer = await worker.createWebRtcServer({
  listenInfos: [
    { protocol: 'udp', ip: '127.0.0.1' },
    { protocol: 'tcp', ip: '127.0.0.1' },
  ],
})
const router = await worker.createRouter({
  mediaCodecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      clockRate: 48_000,
      channels: 2,
      parameters: { useinbandfec: 1, usedtx: 1 },
    },
    { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  ],
})
/** Only the page beside this file asks, so what it sends is taken as it comes. */
interface Asked {
  id: string
  kind: types.MediaKind
  dtlsParameters: types.DtlsParameters
  rtpParameters: types.RtpParameters
  rtpCapabilities: types.RtpCapabilities
  producerIds: string[]
  consumerIds: string[]
}
type Methods = Record<string, (asked: Asked) => Promise<unknown>>
interface BareRequest {
  id: number
  method: string
  data: Asked
}

const producers = new Map<string, types.Producer>()
const sockets = new WebSocketServer({ host: '127.0.0.1', port: 0 })

sockets.on('connection', socket => {
  const transports = new Map<string, types.WebRtcTransport>()
  const consumers = new Map<string, types.Consumer>()
  const own = new Set<string>()

  const methods: Methods = {
    capabilities: async () => router.rtpCapabilities,
    join: async () => {
      const [send, recv] = await Promise.all(
        [0, 1].map(() => router.createWebRtcTransport({ webRtcServer, initialAvailableOutgoingBitrate: 1_000_000 })),
      )
      const view = (transport: types.WebRtcTransport | undefined) => {
        if (!transport) throw new Error('no transport was made')
        transports.set(transport.id, transport)
        const { id, iceParameters, iceCandidates, dtlsParameters } = transport
        return { id, iceParameters, iceCandidates, dtlsParameters }
      }
      return { send: view(send), recv: view(recv), producers: [...producers.keys()].filter(id => !own.has(id)) }
    },
    connect: async ({ id, dtlsParameters }) => transports.get(id)?.connect({ dtlsParameters }),
    produce: async ({ id, kind, rtpParameters }) => {
      const producer = await transports.get(id)?.produce({ kind, rtpParameters })
      if (!producer) throw new Error('no transport')
      producers.set(producer.id, producer)
      own.add(producer.id)
      for (const other of sockets.clients) {
        if (other !== socket) other.send(JSON.stringify({ started: producer.id }))
      }
      return producer.id
    },
    consume: async ({ id, producerIds, rtpCapabilities }) =>
      Promise.all(
        producerIds.map(async producerId => {
          const consumer = await transports.get(id)?.consume({ producerId, rtpCapabilities, paused: true })
          if (!consumer) throw new Error('no transport')
          consumers.set(consumer.id, consumer)
          consumer.observer.on('close', () => consumers.delete(consumer.id))
          return { id: consumer.id, producerId, kind: consumer.kind, rtpParameters: consumer.rtpParameters }
        }),
      ),
    resume: async ({ consumerIds }) => Promise.all(consumerIds.map(id => consumers.get(id)?.resume())),
  }

  socket.on('message', text => answer(socket, methods, JSON.parse(String(text))))
  socket.on('close', () => {
    for (const transport of transports.values()) transport.close()
    for (const id of own) producers.delete(id)
  })
})

async function answer(socket: WebSocket, methods: Methods, { id, method, data }: BareRequest) {
  try {
    socket.send(JSON.stringify({ id, data: await methods[method]?.(data) }))
  } catch (error) {
    // somebody left meanwhile and took the stream along: of no interest to a bench, and no reason to end it
    console.error(`bare server: ${method}: ${error}`)
    socket.send(JSON.stringify({ id, data: [] }))
  }
}

if (!sockets.address()) await once(sockets, 'listening')
const address = sockets.address()
process.send?.({ url: `ws://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` })
process.on('disconnect', () => {
  worker.close()
  process.exit(0)
})
