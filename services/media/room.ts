import type { types } from 'mediasoup'
import { CodedError } from '#contracts/errors.ts'
import type { MeetingId, PeerId, ProducerId } from '#contracts/ids.ts'
import type { StreamView } from '#contracts/meeting.ts'
import type { RtpCapabilities } from '#contracts/rtp.ts'
import type { Log } from '../shared/log/log.ts'
import { mediaCodecs } from './codecs.ts'
import { Peer, type PeerRoom, type Stream, toStreamView } from './peer.ts'
import { toMediasoupCapabilities } from './rtp-mapping.ts'
import { type SpeakerLevel, SpeakerWatch } from './speaker-watch.ts'
import { openTransports } from './transports.ts'
import type { PlacedRouter, WorkerPool } from './worker-pool.ts'

/** What the rest of the world hears of one room. */
export interface RoomNews {
  streamStarted(stream: StreamView): void
  streamStopped(stream: StreamView): void
  streamPaused(stream: StreamView): void
  connectionChanged(peerId: PeerId, change: 'connected' | 'disconnected'): void
  speakerLevels(levels: SpeakerLevel[]): void
  activeSpeaker(peerId: PeerId | null): void
}

export interface RoomDeps {
  workers: WorkerPool
  news: RoomNews
  log: Log
  /** Told once, also when the room's worker died. */
  onClosed: () => void
  emptyAfterMs: number
}

/** A client's offer. Two with the same peer and time are one, delivered twice. */
export interface Offer {
  peerId: PeerId
  rtpCapabilities: RtpCapabilities
  atMs: number
}

interface Seat {
  readonly offeredAtMs: number
  readonly opening: Promise<Peer>
  peer: Peer | undefined
}

/** A live call: one router, who is in it and who is heard. Closes itself when it has been empty for a while. */
export class Room {
  readonly meetingId: MeetingId
  readonly #placed: PlacedRouter
  readonly #deps: RoomDeps
  readonly #seats = new Map<PeerId, Seat>()
  readonly #streams = new Map<ProducerId, Stream>()
  #speakers: SpeakerWatch | undefined
  #emptyTimer: NodeJS.Timeout | undefined
  #closed = false

  /** @throws {CodedError} `media-unavailable` */
  static async create(meetingId: MeetingId, deps: RoomDeps): Promise<Room> {
    const placed = await deps.workers.createRouter(mediaCodecs)
    const room = new Room(meetingId, placed, deps)
    try {
      room.#speakers = await SpeakerWatch.create(placed.router, {
        onLevels: levels => deps.news.speakerLevels(levels),
        onActiveSpeaker: peerId => deps.news.activeSpeaker(peerId),
      })
    } catch (cause) {
      room.close()
      throw new CodedError('media-unavailable', 'The room could not be opened. Try again.', { cause })
    }
    deps.log.info({ meetingId, routerId: placed.router.id }, 'room opened')
    return room
  }

  private constructor(meetingId: MeetingId, placed: PlacedRouter, deps: RoomDeps) {
    this.meetingId = meetingId
    this.#placed = placed
    this.#deps = deps
    placed.router.once('workerclose', () => this.#onWorkerLost())
    this.#closeIfStillEmpty()
  }

  get closed(): boolean {
    return this.#closed
  }

  get router(): types.Router {
    return this.#placed.router
  }

  get peerCount(): number {
    return this.#seats.size
  }

  /**
   * Gives the client a seat with new transports; an older seat of the same peer is cleared, so its streams stop first.
   * @returns undefined if there is nothing to answer: the offer is older than the seat, or was answered and is in use
   * @throws {CodedError} `media-unavailable`
   */
  async admit(offer: Offer): Promise<Peer | undefined> {
    if (this.#closed) throw new CodedError('media-unavailable', 'The room has closed. Try again.')
    clearTimeout(this.#emptyTimer)
    const current = this.#seats.get(offer.peerId)
    if (current && offer.atMs < current.offeredAtMs) return undefined
    if (current && offer.atMs === current.offeredAtMs) {
      const peer = await current.opening
      return peer.isAnswered || peer.closed ? undefined : peer
    }
    if (current) this.#vacate(offer.peerId, current)
    const seat: Seat = { offeredAtMs: offer.atMs, opening: this.#openPeer(offer), peer: undefined }
    this.#seats.set(offer.peerId, seat)
    return this.#settle(offer.peerId, seat)
  }

  /** @throws {CodedError} `peer-unknown` */
  peer(peerId: PeerId): Peer {
    const peer = this.#seats.get(peerId)?.peer
    if (!peer) throw new CodedError('peer-unknown', 'You are not connected to this call. Connect again.')
    return peer
  }

  /** Like `peer`, for news that may come too late. */
  findPeer(peerId: PeerId): Peer | undefined {
    return this.#seats.get(peerId)?.peer
  }

  /** What a newcomer can receive. */
  streamsFor(peerId: PeerId): StreamView[] {
    return [...this.#streams.values()].filter(stream => stream.peerId !== peerId).map(toStreamView)
  }

  /** @param leftAtMs a seat that was offered for later is of a session that came since, and stays */
  remove(peerId: PeerId, leftAtMs: number): void {
    const seat = this.#seats.get(peerId)
    if (!seat || seat.offeredAtMs > leftAtMs) return
    this.#vacate(peerId, seat)
    this.#deps.log.info({ meetingId: this.meetingId, peerId }, 'peer removed')
    this.#closeIfStillEmpty()
  }

  /** Idempotent. Peers close first, so their streams are reported as stopped. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#emptyTimer)
    for (const [peerId, seat] of this.#seats) this.#vacate(peerId, seat)
    this.router.close()
    this.#deps.log.info({ meetingId: this.meetingId }, 'room closed')
    this.#deps.onClosed()
  }

  async #openPeer({ peerId, rtpCapabilities }: Offer): Promise<Peer> {
    try {
      const transports = await openTransports(this.#placed)
      const capabilities = toMediasoupCapabilities(rtpCapabilities)
      return new Peer({ peerId, capabilities, transports, router: this.router, room: this.#peerRoom })
    } catch (cause) {
      throw new CodedError('media-unavailable', 'The call could not be connected. Try again.', { cause })
    }
  }

  /** The seat may have been cleared while its transports were opened. */
  async #settle(peerId: PeerId, seat: Seat): Promise<Peer | undefined> {
    try {
      const peer = await seat.opening
      if (this.#seats.get(peerId) !== seat) return undefined
      seat.peer = peer
      this.#deps.log.info({ meetingId: this.meetingId, peerId }, 'peer admitted')
      return peer
    } catch (error) {
      if (this.#seats.get(peerId) === seat) this.#seats.delete(peerId)
      this.#closeIfStillEmpty()
      throw error
    }
  }

  #vacate(peerId: PeerId, seat: Seat): void {
    this.#seats.delete(peerId)
    if (seat.peer) seat.peer.close()
    else
      seat.opening.then(
        peer => peer.close(),
        () => {}, // `admit` reports it
      )
  }

  #onWorkerLost(): void {
    for (const peerId of this.#seats.keys()) this.#deps.news.connectionChanged(peerId, 'disconnected')
    this.close()
  }

  #closeIfStillEmpty(): void {
    clearTimeout(this.#emptyTimer)
    if (this.#closed || this.#seats.size > 0) return
    this.#emptyTimer = setTimeout(() => this.close(), this.#deps.emptyAfterMs)
    this.#emptyTimer.unref()
  }

  /** The side of the room that its peers see. */
  readonly #peerRoom: PeerRoom = {
    findStream: producerId => this.#streams.get(producerId),
    streamCount: () => this.#streams.size,
    onStreamStarted: stream => {
      this.#streams.set(stream.producerId, stream)
      this.#deps.news.streamStarted(toStreamView(stream))
      if (stream.source === 'mic') this.#listenTo(stream)
    },
    onStreamStopped: stream => {
      this.#streams.delete(stream.producerId)
      this.#deps.news.streamStopped(toStreamView(stream))
    },
    onStreamPaused: stream => this.#deps.news.streamPaused(toStreamView(stream)),
    onConnection: (peerId, change) => this.#deps.news.connectionChanged(peerId, change),
  }

  #listenTo({ peerId, producer }: Stream): void {
    this.#speakers?.add(peerId, producer).catch(error => {
      // A microphone that closed meanwhile is not heard, and need not be
      if (!producer.closed)
        this.#deps.log.warn({ meetingId: this.meetingId, peerId, err: error }, 'speaker not observed')
    })
  }
}
