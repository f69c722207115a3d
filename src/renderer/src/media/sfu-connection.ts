import type { ProducerId, TransportId } from '#contracts/ids.ts'
import type { Settings } from '#contracts/ipc/settings.ts'
import type { IceParameters, RtpCapabilities, Source } from '#contracts/rtp.ts'
import type { SfuAnswer } from '#contracts/tasks/signaling.ts'
import type { SendRequest } from '../signaling/signaling-client.ts'

/** What this machine can encode and decode with this server's routers. Loaded in the lobby, so that joining is fast. */
export interface SfuDevice {
  readonly recvRtpCapabilities: RtpCapabilities
  /** The way to the SFU that its answer describes. Nothing is sent before the first stream. */
  connect(answer: SfuAnswer, options: SfuOptions): SfuConnection
}

/** @throws {CodedError} `media-unavailable` when the browser cannot do what the router wants */
export type LoadSfuDevice = (routerRtpCapabilities: RtpCapabilities) => Promise<SfuDevice>

export interface SfuOptions {
  /** Asks the server; the answer may come over another socket after a reconnect. */
  request: SendRequest
  onTransportState(transport: TransportView): void
  /** The server could not be told how to secure a transport: these two lead nowhere, only new ones help. */
  onUnconnectable(): void
  /** The receiving transport's path opened: connectivity checks passed, then keys agreed. Once each. */
  onRecvStep?(step: 'ice' | 'dtls'): void
}

/** As WebRTC has it (RTCPeerConnectionState). */
export type TransportState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed'

export interface TransportView {
  transportId: TransportId
  direction: 'send' | 'recv'
  state: TransportState
}

export interface SfuConnection {
  /** Publishes a track. The track stays its owner's: it is neither stopped nor disabled here. */
  produce(source: Source, track: MediaStreamTrack, options: ProduceOptions): Promise<LocalProducer>
  /** All at once: one question, one negotiation. Streams that the server refuses are left out. Media flows soon after. */
  consume(producerIds: readonly ProducerId[]): Promise<ConsumedStream[]>
  /** Frees what a stopped producer's media was received with. */
  release(producerId: ProducerId): void
  /** Goes on with the server's new credentials. */
  restartIce(transportId: TransportId, iceParameters: IceParameters): Promise<void>
  /** Asks again what a lost socket left unanswered. */
  refresh(): void
  readonly transports: readonly TransportView[]
  getStats(): Promise<SfuStats>
  /** Idempotent. Ends what is produced and consumed. */
  close(): void
}

export interface ProduceOptions {
  paused: boolean
  quality: Settings['videoQuality']
}

export interface LocalProducer {
  replaceTrack(track: MediaStreamTrack | null): Promise<void>
  /** Resolves once the server has stopped, or started again, to pass the media on. */
  setPaused(paused: boolean): Promise<void>
}

export interface ConsumedStream {
  producerId: ProducerId
  /** Whether its producer was, when the server answered. */
  paused: boolean
  track: MediaStreamTrack
}

/** Raw WebRTC statistics of both transports, for the overlay; empty for one that is not in use yet. */
export interface SfuStats {
  send: RTCStatsReport
  recv: RTCStatsReport
}
