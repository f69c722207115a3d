import { ConsumerId, ProducerId, type TransportId } from '#contracts/ids.ts'
import type { IceParameters, RtpCapabilities, Source } from '#contracts/rtp.ts'
import type { SfuAnswer } from '#contracts/tasks/signaling.ts'
import { FakeTrack } from './fake-media-devices.ts'
import type {
  ConsumedStream,
  LocalProducer,
  ProduceOptions,
  SfuConnection,
  SfuDevice,
  SfuOptions,
  TransportState,
  TransportView,
} from './sfu-connection.ts'

const opus = { mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }
const vp8 = { mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000 }

/** Speaks to the server as the real one does, with tracks and paths that tests lead. */
export class FakeSfuDevice implements SfuDevice {
  readonly recvRtpCapabilities: RtpCapabilities = { codecs: [], headerExtensions: [] }
  readonly connections: FakeSfuConnection[] = []

  connect(answer: SfuAnswer, options: SfuOptions): FakeSfuConnection {
    const connection = new FakeSfuConnection(answer, options)
    this.connections.push(connection)
    return connection
  }
}

export class FakeSfuConnection implements SfuConnection {
  readonly released: ProducerId[] = []
  readonly restarts: { transportId: TransportId; iceParameters: IceParameters }[] = []
  readonly produced = new Map<Source, MediaStreamTrack | null>()
  closed = false
  #transports: TransportView[]
  readonly #options: SfuOptions

  constructor({ sendTransport, recvTransport }: SfuAnswer, options: SfuOptions) {
    this.#options = options
    this.#transports = [
      { transportId: recvTransport.id, direction: 'recv', state: 'new' },
      { transportId: sendTransport.id, direction: 'send', state: 'new' },
    ]
  }

  get transports(): readonly TransportView[] {
    return this.#transports
  }

  /** What the network does. */
  move(direction: 'send' | 'recv', state: TransportState): void {
    this.#transports = this.#transports.map(view => (view.direction === direction ? { ...view, state } : view))
    for (const view of this.#transports) if (view.direction === direction) this.#options.onTransportState(view)
  }

  failToConnect(): void {
    this.#options.onUnconnectable()
  }

  async produce(source: Source, track: MediaStreamTrack, { paused }: ProduceOptions): Promise<LocalProducer> {
    const codec = source === 'mic' ? opus : vp8
    const transportId = this.#id('send')
    const kind = source === 'mic' ? 'audio' : 'video'
    const { producerId } = await this.#options.request('producer.create', {
      transportId,
      kind,
      source,
      paused,
      rtpParameters: { codecs: [codec] },
    })
    this.produced.set(source, track)
    this.#connected('send')
    return {
      replaceTrack: async next => void this.produced.set(source, next),
      setPaused: async next => void (await this.#options.request('producer.pause', { producerId, paused: next })),
    }
  }

  async consume(producerIds: readonly ProducerId[]): Promise<ConsumedStream[]> {
    const { consumers } = await this.#options.request('consumer.create', { producerIds: [...producerIds] })
    this.#connected('recv')
    if (consumers.length > 0) {
      const consumerIds = consumers.map(({ consumerId }) => ConsumerId.parse(consumerId))
      await this.#options.request('consumer.pause', { consumerIds, paused: false })
    }
    return consumers.map(({ producerId, kind, producerPaused }) => ({
      producerId: ProducerId.parse(producerId),
      paused: producerPaused,
      track: new FakeTrack(kind),
    }))
  }

  release(producerId: ProducerId): void {
    this.released.push(producerId)
  }

  refresh(): void {}

  async restartIce(transportId: TransportId, iceParameters: IceParameters): Promise<void> {
    this.restarts.push({ transportId, iceParameters })
  }

  getStats(): Promise<never> {
    return Promise.reject(new Error('a fake has no statistics'))
  }

  close(): void {
    this.closed = true
  }

  #id(direction: 'send' | 'recv'): TransportId {
    const view = this.#transports.find(candidate => candidate.direction === direction)
    if (!view) throw new Error(`no ${direction} transport`)
    return view.transportId
  }

  #connected(direction: 'send' | 'recv'): void {
    if (this.#transports.some(view => view.direction === direction && view.state === 'new'))
      this.move(direction, 'connected')
    if (direction === 'recv') this.#options.onRecvStep?.('dtls')
  }
}
