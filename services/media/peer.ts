import type { types } from 'mediasoup'
import { CodedError, toAppError } from '#contracts/errors.ts'
import { ConsumerId, type PeerId, ProducerId, type TransportId } from '#contracts/ids.ts'
import type { ConsumerOptions, StreamView } from '#contracts/meeting.ts'
import type { DtlsParameters, IceCandidate, IceParameters, MediaKind, RtpParameters, Source } from '#contracts/rtp.ts'
import { ConnectionWatch, type TransportState } from './connection-watch.ts'
import { startingLayers } from './layers.ts'
import { checkProducer } from './producer-limits.ts'
import { toClientParameters, toMediasoupParameters } from './rtp-mapping.ts'
import type { TransportPair } from './transports.ts'

/** One producer of the room and whose it is. */
export interface Stream {
  readonly producerId: ProducerId
  readonly peerId: PeerId
  readonly source: Source
  readonly kind: MediaKind
  readonly producer: types.Producer
}

export interface ProducerRequest {
  transportId: TransportId
  kind: MediaKind
  source: Source
  rtpParameters: RtpParameters
  paused: boolean
}

/** What a peer's room wants to hear, and what a peer may ask of it. */
export interface PeerRoom {
  findStream(producerId: ProducerId): Stream | undefined
  streamCount(): number
  onStreamStarted(stream: Stream): void
  /** Exactly once per started stream, whatever closed it. */
  onStreamStopped(stream: Stream): void
  onStreamPaused(stream: Stream, paused: boolean): void
  onConnection(peerId: PeerId, change: 'connected' | 'disconnected'): void
}

export interface PeerOptions {
  peerId: PeerId
  /** What the client can receive. */
  capabilities: types.RtpCapabilities
  transports: TransportPair
  router: types.Router
  room: PeerRoom
}

/** What a client needs to go on with a transport after an ICE restart. */
interface IceRestart {
  iceParameters: IceParameters
  iceCandidates: IceCandidate[]
}

/** Credentials that have not reached signaling after this are taken for lost. */
const RESTART_DELIVERY_MS = 10_000

/** Hex pairs, as in SDP (RFC 8122). */
const FINGERPRINT = /^[\da-f]{2}(:[\da-f]{2})+$/i

/**
 * Chromium's encoder ignores a key frame request within 300 ms of the one before, and mediasoup would ask again only after
 * a second. So the worker keeps requests this far apart: of two who join at once, the second waits for less.
 */
const KEY_FRAME_REQUEST_GAP_MS = 350

/**
 * One client in a room: its two transports, what it sends and what it receives. It can name only what is its own;
 * anything else is unknown to it, even if another peer has it.
 */
export class Peer {
  readonly peerId: PeerId
  readonly transports: TransportPair
  readonly #capabilities: types.RtpCapabilities
  readonly #router: types.Router
  readonly #room: PeerRoom
  readonly #connection: ConnectionWatch
  /** One live stream per source; `starting` while the router makes it. */
  readonly #sources = new Map<Source, 'starting' | Stream>()
  /** By producer, so that asking twice for one gives one. */
  readonly #consumers = new Map<ProducerId, Promise<types.Consumer>>()
  readonly #consumersById = new Map<ConsumerId, types.Consumer>()
  /** Of producers that stopped: a client that has not heard of it yet may still name them. */
  readonly #endedConsumers = new Set<ConsumerId>()
  /** ICE restarts whose credentials are not known to have reached signaling, with when they began (monotonic ms). */
  readonly #restarts = new Map<TransportId, number>()
  #isAnswerDelivered = false
  #closed = false

  constructor({ peerId, capabilities, transports, router, room }: PeerOptions) {
    this.peerId = peerId
    this.transports = transports
    this.#capabilities = capabilities
    this.#router = router
    this.#room = room
    this.#connection = new ConnectionWatch(change => room.onConnection(peerId, change))
    for (const transport of [transports.send, transports.recv]) {
      transport.on('icestatechange', () => this.#connection.see(this.#transportStates()))
      transport.on('dtlsstatechange', () => this.#connection.see(this.#transportStates()))
    }
  }

  /** Whether the client was told of its transports: signaling said so, or it has begun to use them. */
  get isAnswered(): boolean {
    return this.#isAnswerDelivered || this.#transportStates().some(({ ice, dtls }) => ice !== 'new' || dtls !== 'new')
  }

  /** Signaling has the answer that names this transport. */
  markAnswered(sendTransportId: TransportId): void {
    if (sendTransportId === this.transports.send.id) this.#isAnswerDelivered = true
  }

  get closed(): boolean {
    return this.#closed
  }

  /** @throws {CodedError} `transport-unknown`, `media-rejected` */
  async connectTransport(transportId: TransportId, dtlsParameters: DtlsParameters): Promise<void> {
    const transport = this.#transport(transportId)
    const { role, fingerprints } = dtlsParameters
    // mediasoup would take any text and let the handshake fail without a word
    if (!fingerprints.every(({ value }) => FINGERPRINT.test(value))) throw rejected('A DTLS fingerprint is malformed.')
    await refusing(() => transport.connect({ dtlsParameters: { fingerprints, ...(role ? { role } : {}) } }))
  }

  /**
   * One at a time: a second would make the credentials that are on their way to the client worthless.
   * @returns null while an earlier restart's are; `restartDelivered` or some seconds end that
   * @throws {CodedError} `transport-unknown`, `media-rejected`
   */
  async restartIce(transportId: TransportId): Promise<IceRestart | null> {
    const transport = this.#transport(transportId)
    const nowMs = performance.now()
    const beganAtMs = this.#restarts.get(transportId)
    if (beganAtMs !== undefined && nowMs - beganAtMs < RESTART_DELIVERY_MS) return null
    this.#restarts.set(transportId, nowMs)
    try {
      const iceParameters = await refusing(() => transport.restartIce())
      return { iceParameters, iceCandidates: transport.iceCandidates }
    } catch (error) {
      this.#restarts.delete(transportId)
      throw error
    }
  }

  /** The credentials of the last restart are on their way out, or never will be: the next may begin. */
  restartDelivered(transportId: TransportId): void {
    this.#restarts.delete(transportId)
  }

  /** @throws {CodedError} `transport-unknown`, `media-rejected` */
  async createProducer({ transportId, kind, source, rtpParameters, paused }: ProducerRequest): Promise<ProducerId> {
    const transport = this.#transport(transportId)
    if (transport !== this.transports.send) throw rejected('This transport only receives.')
    checkProducer(source, kind, rtpParameters)
    if (this.#sources.has(source))
      throw rejected(`Your ${source} is being sent already. Stop it before you send another.`)
    this.#sources.set(source, 'starting')
    try {
      const options = {
        kind,
        rtpParameters: toMediasoupParameters(rtpParameters),
        paused,
        keyFrameRequestDelay: KEY_FRAME_REQUEST_GAP_MS,
      }
      return this.adopt(source, await refusing(() => transport.produce(options)))
    } catch (error) {
      if (this.#sources.get(source) === 'starting') this.#sources.delete(source)
      throw error
    }
  }

  /**
   * Makes a producer of this room's router this peer's stream, until it closes; also one whose packets come over another
   * transport than the peer's own.
   */
  adopt(source: Source, producer: types.Producer): ProducerId {
    if (this.#closed) {
      producer.close()
      throw unknownTransport()
    }
    const { kind } = producer
    const stream = { producerId: ProducerId.parse(producer.id), peerId: this.peerId, source, kind, producer }
    this.#sources.set(source, stream)
    producer.observer.once('close', () => {
      this.#sources.delete(source)
      this.#room.onStreamStopped(stream)
    })
    this.#room.onStreamStarted(stream)
    return stream.producerId
  }

  /** @throws {CodedError} `producer-unknown` */
  async pauseProducer(producerId: ProducerId, paused: boolean): Promise<void> {
    const stream = this.#ownStream(producerId)
    await refusing(() => (paused ? stream.producer.pause() : stream.producer.resume()))
    this.#room.onStreamPaused(stream, paused)
  }

  /** @throws {CodedError} `producer-unknown` */
  closeProducer(producerId: ProducerId): void {
    this.#ownStream(producerId).producer.close()
  }

  /**
   * Starts to receive streams of the other peers; paused, so that the client can be ready before the first key frame.
   * A stream that is received already is answered with what it has.
   */
  async createConsumers(producerIds: readonly ProducerId[]) {
    const consumers: ConsumerOptions[] = []
    const refused: { producerId: ProducerId; code: string }[] = []
    await Promise.all(
      [...new Set(producerIds)].map(async producerId => {
        try {
          consumers.push(await this.#consume(producerId))
        } catch (error) {
          refused.push({ producerId, code: toAppError(error).code })
        }
      }),
    )
    return { consumers, refused }
  }

  /**
   * All of them, then complains of the unknown. On resume the worker asks the sender for a key frame by itself.
   * @throws {CodedError} `consumer-unknown`
   */
  async pauseConsumers(consumerIds: readonly ConsumerId[], paused: boolean): Promise<void> {
    const consumers = consumerIds.flatMap(id => this.#consumersById.get(id) ?? [])
    await refusing(() => Promise.all(consumers.map(consumer => (paused ? consumer.pause() : consumer.resume()))))
    for (const id of consumerIds) {
      if (!this.#consumersById.has(id) && !this.#endedConsumers.has(id)) throw unknownConsumer()
    }
  }

  /** @throws {CodedError} `consumer-unknown` */
  async setPreferredLayers(consumerId: ConsumerId, layers: types.ConsumerLayers): Promise<void> {
    const consumer = this.#consumersById.get(consumerId)
    if (consumer) await refusing(() => consumer.setPreferredLayers(layers))
    else if (!this.#endedConsumers.has(consumerId)) throw unknownConsumer()
  }

  /** Idempotent. Its streams stop, and what others received of them. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#connection.stop()
    this.transports.send.close()
    this.transports.recv.close()
    // Streams that came over another transport
    for (const stream of this.#sources.values()) if (stream !== 'starting') stream.producer.close()
  }

  async #consume(producerId: ProducerId): Promise<ConsumerOptions> {
    const stream = this.#room.findStream(producerId)
    if (!stream) throw new CodedError('producer-unknown', 'This stream has ended.')
    const { peerId, source, kind } = stream
    if (peerId === this.peerId) throw new CodedError('cannot-consume', 'This stream is your own.')
    const consumer = await (this.#consumers.get(producerId) ?? this.#openConsumer(stream))
    if (consumer.closed) throw new CodedError('producer-unknown', 'This stream has ended.')
    return {
      consumerId: ConsumerId.parse(consumer.id),
      producerId,
      peerId,
      source,
      kind,
      rtpParameters: toClientParameters(consumer.rtpParameters),
      producerPaused: consumer.producerPaused,
    }
  }

  #openConsumer(stream: Stream): Promise<types.Consumer> {
    const opening = this.#newConsumer(stream)
    this.#consumers.set(stream.producerId, opening)
    opening.catch(() => this.#consumers.delete(stream.producerId))
    return opening
  }

  async #newConsumer({ producerId, source }: Stream): Promise<types.Consumer> {
    const rtpCapabilities = this.#capabilities
    if (!this.#router.canConsume({ producerId, rtpCapabilities })) {
      throw new CodedError('cannot-consume', 'This client cannot play the stream: they have no codec in common.')
    }
    const preferredLayers = startingLayers(source, this.#room.streamCount())
    const options = { producerId, rtpCapabilities, paused: true, ...(preferredLayers ? { preferredLayers } : {}) }
    const consumer = await refusing(() => this.transports.recv.consume(options))
    const consumerId = ConsumerId.parse(consumer.id)
    if (this.#closed) consumer.close()
    else this.#consumersById.set(consumerId, consumer)
    consumer.observer.once('close', () => {
      this.#consumers.delete(producerId)
      this.#consumersById.delete(consumerId)
      this.#endedConsumers.add(consumerId)
    })
    return consumer
  }

  #transport(transportId: TransportId): types.WebRtcTransport {
    const { send, recv } = this.transports
    const transport = [send, recv].find(({ id }) => id === transportId)
    if (!transport || transport.closed) throw unknownTransport()
    return transport
  }

  #ownStream(producerId: ProducerId): Stream {
    for (const stream of this.#sources.values()) {
      if (stream !== 'starting' && stream.producerId === producerId) return stream
    }
    throw new CodedError('producer-unknown', 'You are not sending this stream.')
  }

  #transportStates(): TransportState[] {
    const { send, recv } = this.transports
    return [send, recv].map(({ iceState, dtlsState }) => ({ ice: iceState, dtls: dtlsState }))
  }
}

/** How others see a stream. */
export function toStreamView({ producerId, peerId, source, kind, producer }: Stream): StreamView {
  return { producerId, peerId, source, kind, paused: producer.paused }
}

/** mediasoup throws TypeError, UnsupportedError or its worker's words at parameters that it does not like. */
async function refusing<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new CodedError('media-rejected', `The media server refused this: ${reason}`, { cause })
  }
}

function rejected(message: string): CodedError {
  return new CodedError('media-rejected', message)
}

function unknownTransport(): CodedError {
  return new CodedError('transport-unknown', 'This transport is closed or not yours. Connect again.')
}

function unknownConsumer(): CodedError {
  return new CodedError('consumer-unknown', 'You are not receiving this stream.')
}
