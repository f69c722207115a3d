import { setLogEventListeners } from 'mediasoup'
import { CodedError } from '#contracts/errors.ts'
import { MeetingCreated, MeetingEnded, MeetingStarted, UserJoined, UserLeft } from '#contracts/events/meeting.ts'
import { WebrtcAnswer, WebrtcIceCandidate, WebrtcOffer } from '#contracts/events/signaling.ts'
import type { MeetingId, PeerId } from '#contracts/ids.ts'
import * as requests from '#contracts/requests/media.ts'
import { SignalingIceCandidate, SignalingWebrtcAnswer } from '#contracts/tasks/signaling.ts'
import type { Log } from '../shared/log/log.ts'
import { createLocalEvents, type LocalEvents } from '../shared/messaging/local-events.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import { Announcer } from './announcer.ts'
import { toRouterCapabilities } from './codecs.ts'
import { Departures } from './departures.ts'
import type { Offer } from './room.ts'
import { Rooms } from './rooms.ts'
import { toTransportOptions } from './rtp-mapping.ts'
import { WorkerPool } from './worker-pool.ts'

export interface MediaConfig {
  /** Addresses of this machine that clients can reach. */
  listenAddresses: string[]
  /** Of the first worker, UDP and TCP; the next uses the next. 0 chooses free ones. */
  port: number
  workers: number
  /** A room without peers is freed after this time. 60 s unless told. */
  emptyRoomAfterMs?: number
}

export interface MediaServiceOptions {
  messaging: Messaging
  config: MediaConfig
  log: Log
}

export interface MediaStatus {
  workersAlive: number
  workersWanted: number
  workerPids: number[]
  rooms: number
  peers: number
}

const EMPTY_ROOM_AFTER_MS = 60_000

/** The SFU: answers offers, moves media between the peers of a meeting, and tells who sends and who speaks. */
export class MediaService {
  /** What happens here, for others in this process. */
  readonly localEvents: LocalEvents
  readonly #workers: WorkerPool
  readonly #rooms: Rooms
  readonly #announcer: Announcer
  readonly #departures = new Departures()
  readonly #messaging: Messaging
  readonly #log: Log

  /**
   * Starts the workers and registers with messaging, which must not be started yet.
   * @throws {CodedError} `media-unavailable` if a worker or its port cannot be had
   */
  static async create({ messaging, config, log }: MediaServiceOptions): Promise<MediaService> {
    setLogEventListeners({
      onwarn: (namespace, text) => log.debug({ namespace }, text),
      onerror: (namespace, text, error) => log.warn({ namespace, err: error }, text),
    })
    const { listenAddresses, port, workers: count } = config
    const workers = await WorkerPool.create({ listenAddresses, port, count, log })
    const service = new MediaService(messaging, workers, config, log)
    service.#subscribe()
    service.#respond()
    return service
  }

  private constructor(messaging: Messaging, workers: WorkerPool, config: MediaConfig, log: Log) {
    this.localEvents = createLocalEvents({
      onError: (event, error) => log.error({ event, err: error }, 'listener to a local event failed'),
    })
    this.#messaging = messaging
    this.#log = log
    this.#workers = workers
    this.#announcer = new Announcer({ messaging, local: this.localEvents, log })
    this.#rooms = new Rooms({
      workers,
      newsOf: meetingId => this.#announcer.of(meetingId),
      log,
      emptyAfterMs: config.emptyRoomAfterMs ?? EMPTY_ROOM_AFTER_MS,
    })
  }

  /** Of the first worker. */
  get port(): number {
    return this.#workers.port
  }

  /** Cheap: asks no worker. */
  status(): MediaStatus {
    const { pids, size } = this.#workers
    const { count: rooms, peerCount: peers } = this.#rooms
    return { workersAlive: pids.length, workersWanted: size, workerPids: pids, rooms, peers }
  }

  /** Idempotent. Every stream is reported as stopped before the workers go. Close before messaging. */
  async close(): Promise<void> {
    this.#rooms.close()
    await this.#announcer.settled()
    await this.#workers.close()
  }

  #subscribe(): void {
    this.#messaging.subscribe('media', MeetingCreated, ({ meetingId }) => this.#prepare(meetingId))
    // The room may have been freed as empty since; whoever joins is about to offer
    this.#messaging.subscribe('media', MeetingStarted, ({ meetingId }) => this.#prepare(meetingId))
    this.#messaging.subscribe('media', UserJoined, async ({ meetingId, peerId, atMs }) => {
      this.#departures.joined(peerId, atMs)
      if (!this.#departures.isAfter(peerId, atMs)) await this.#prepare(meetingId)
    })
    this.#messaging.subscribe('media', WebrtcOffer, ({ meetingId, ...offer }) => this.#answer(meetingId, offer))
    this.#messaging.subscribe('media', UserLeft, ({ meetingId, peerId, atMs }) => {
      this.#departures.add(peerId, atMs)
      this.#rooms.find(meetingId)?.remove(peerId, atMs)
    })
    this.#messaging.subscribe('media', MeetingEnded, ({ meetingId }) => this.#rooms.end(meetingId))
    // What these confirm is known to the process alone that did it
    const each = { delivery: 'each' } as const
    const peerOf = (meetingId: MeetingId, peerId: PeerId) => this.#rooms.find(meetingId)?.findPeer(peerId)
    this.#messaging.subscribe(
      'media',
      WebrtcAnswer,
      ({ meetingId, peerId, answer }) => peerOf(meetingId, peerId)?.markAnswered(answer.sendTransport.id),
      each,
    )
    this.#messaging.subscribe(
      'media',
      WebrtcIceCandidate,
      ({ meetingId, peerId, transportId }) => peerOf(meetingId, peerId)?.restartDelivered(transportId),
      each,
    )
  }

  #respond(): void {
    const messaging = this.#messaging
    const peerOf = ({ meetingId, peerId }: { meetingId: MeetingId; peerId: PeerId }) =>
      this.#rooms.peer(meetingId, peerId)
    const routerRtpCapabilities = toRouterCapabilities()

    messaging.respond(requests.ReadRouterCapabilities, () => ({ routerRtpCapabilities }))
    messaging.respond(requests.ConnectTransport, async request => {
      await peerOf(request).connectTransport(request.transportId, request.dtlsParameters)
      return {}
    })
    messaging.respond(requests.RestartIce, async request => {
      const { meetingId, peerId, transportId } = request
      const peer = peerOf(request)
      const restarted = await peer.restartIce(transportId)
      if (!restarted) return {}
      try {
        const atMs = Date.now()
        await messaging.enqueue(SignalingIceCandidate, { meetingId, peerId, atMs, transportId, ...restarted })
      } catch (error) {
        peer.restartDelivered(transportId)
        throw error
      }
      return {}
    })
    messaging.respond(requests.CreateProducer, async request => ({
      producerId: await peerOf(request).createProducer(request),
    }))
    messaging.respond(requests.PauseProducer, async request => {
      await peerOf(request).pauseProducer(request.producerId, request.paused)
      return {}
    })
    messaging.respond(requests.CloseProducer, request => {
      peerOf(request).closeProducer(request.producerId)
      return {}
    })
    messaging.respond(requests.CreateConsumers, request => peerOf(request).createConsumers(request.producerIds))
    messaging.respond(requests.PauseConsumers, async request => {
      await peerOf(request).pauseConsumers(request.consumerIds, request.paused)
      return {}
    })
    messaging.respond(requests.SetPreferredLayers, async request => {
      const { consumerId, spatialLayer, temporalLayer } = request
      const layers = { spatialLayer, ...(temporalLayer === undefined ? {} : { temporalLayer }) }
      await peerOf(request).setPreferredLayers(consumerId, layers)
      return {}
    })
  }

  /** Opens the room ahead of its first peer. Failing is no harm: the first offer tries again. */
  async #prepare(meetingId: MeetingId): Promise<void> {
    try {
      await this.#rooms.open(meetingId)
    } catch (error) {
      this.#log.warn({ meetingId, err: error }, 'room not prepared')
    }
  }

  async #answer(meetingId: MeetingId, offer: Offer): Promise<void> {
    const { peerId } = offer
    if (this.#departures.isAfter(peerId, offer.atMs)) return
    try {
      const room = await this.#rooms.open(meetingId)
      // Again, because the peer may have left while its room was made
      if (this.#departures.isAfter(peerId, offer.atMs)) return
      const peer = await room.admit(offer)
      if (!peer) return
      const { send, recv } = peer.transports
      await this.#messaging.enqueue(SignalingWebrtcAnswer, {
        meetingId,
        peerId,
        path: 'sfu',
        atMs: Date.now(),
        answer: {
          sendTransport: toTransportOptions(send),
          recvTransport: toTransportOptions(recv),
          streams: room.streamsFor(peerId),
        },
      })
    } catch (error) {
      // Trying again would not bring the meeting back
      if (!(error instanceof CodedError && error.code === 'meeting-ended')) throw error
      this.#log.info({ meetingId, peerId }, 'offer to an ended meeting left unanswered')
    }
  }
}
