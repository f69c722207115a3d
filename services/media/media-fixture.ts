import { randomUUID } from 'node:crypto'
import { StreamStarted, StreamStopped } from '#contracts/events/media.ts'
import { MeetingEnded, UserLeft } from '#contracts/events/meeting.ts'
import { WebrtcOffer } from '#contracts/events/signaling.ts'
import { MeetingId, PeerId } from '#contracts/ids.ts'
import { CreateProducer } from '#contracts/requests/media.ts'
import type { RtpCapabilities } from '#contracts/rtp.ts'
import {
  type SfuAnswer,
  SignalingConnectionManage,
  SignalingIceCandidate,
  SignalingWebrtcAnswer,
} from '#contracts/tasks/signaling.ts'
import { createLog } from '../shared/log/log.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import { MediaService } from './media-service.ts'
import { openMessaging } from './open-messaging.ts'
import { camParameters, clientCapabilities, micParameters } from './rtp-fixtures.ts'

/** A media service with real workers and, in signaling's place, someone who writes down what it is told. For tests. */
export class MediaFixture implements AsyncDisposable {
  readonly meetingId = MeetingId.parse(randomUUID())
  readonly answers = new Heard<{ peerId: PeerId; answer: SfuAnswer }>()
  readonly changes = new Heard<{ peerId: PeerId; change: string }>()
  readonly candidates = new Heard<{ peerId: PeerId; transportId: string; iceParameters: { password: string } }>()
  readonly streams = new Heard<{ event: 'started' | 'stopped'; peerId: PeerId; source: string; producerId: string }>()
  readonly messaging: Messaging
  readonly media: MediaService

  static async open({ workers = 1, emptyRoomAfterMs = 60_000 } = {}): Promise<MediaFixture> {
    const messaging = await openMessaging()
    const media = await MediaService.create({
      messaging,
      config: { listenAddresses: ['127.0.0.1'], port: 0, workers, emptyRoomAfterMs },
      log: createLog({ level: 'silent', service: 'media' }),
    })
    const fixture = new MediaFixture(messaging, media)
    await messaging.start()
    return fixture
  }

  private constructor(messaging: Messaging, media: MediaService) {
    this.messaging = messaging
    this.media = media
    messaging.handle(SignalingWebrtcAnswer, payload => this.answers.add(payload))
    messaging.handle(SignalingConnectionManage, payload => this.changes.add(payload))
    messaging.handle(SignalingIceCandidate, payload => this.candidates.add(payload))
    messaging.subscribe('signaling', StreamStarted, stream => this.streams.add({ event: 'started', ...stream }))
    messaging.subscribe('signaling', StreamStopped, stream => this.streams.add({ event: 'stopped', ...stream }))
  }

  /** Publishes the offer; the answer, if any, is in `answers` once messaging is idle. */
  async offer(
    peerId: PeerId,
    options: { atMs?: number; rtpCapabilities?: RtpCapabilities; meetingId?: MeetingId } = {},
  ) {
    const { atMs = Date.now(), rtpCapabilities = clientCapabilities, meetingId = this.meetingId } = options
    await this.messaging.publish(WebrtcOffer, { meetingId, peerId, atMs, path: 'sfu', rtpCapabilities })
    await this.messaging.idle()
  }

  /** A peer that has offered and was answered. */
  async join(options: { rtpCapabilities?: RtpCapabilities; meetingId?: MeetingId } = {}) {
    const peerId = PeerId.parse(randomUUID())
    await this.offer(peerId, options)
    const { answer } = await this.answers.until(heard => heard.peerId === peerId)
    return { meetingId: options.meetingId ?? this.meetingId, peerId, answer }
  }

  async produce(
    { meetingId, peerId, answer }: { meetingId: MeetingId; peerId: PeerId; answer: SfuAnswer },
    source: 'mic' | 'cam',
  ) {
    const { producerId } = await this.messaging.request(CreateProducer, {
      meetingId,
      peerId,
      transportId: answer.sendTransport.id,
      kind: source === 'mic' ? 'audio' : 'video',
      source,
      rtpParameters: source === 'mic' ? micParameters('0', 1_111) : camParameters('1'),
      paused: false,
    })
    return producerId
  }

  async leave(peerId: PeerId) {
    await this.messaging.publish(UserLeft, { meetingId: this.meetingId, peerId, reason: 'left', atMs: Date.now() })
    await this.messaging.idle()
  }

  async endMeeting() {
    await this.messaging.publish(MeetingEnded, { meetingId: this.meetingId, reason: 'host-ended', atMs: Date.now() })
    await this.messaging.idle()
  }

  async [Symbol.asyncDispose]() {
    await this.media.close()
    await this.messaging.close()
  }
}

/** What was told, and a way to wait for what will be. */
export class Heard<T> {
  readonly all: T[] = []
  readonly #waiting = new Set<() => void>()

  add(item: T): void {
    this.all.push(item)
    for (const wake of this.#waiting) wake()
  }

  /** The first that satisfies, heard already or later. The test's own timeout bounds the wait. */
  async until(satisfies: (item: T) => boolean): Promise<T> {
    for (;;) {
      const found = this.all.find(satisfies)
      if (found !== undefined) return found
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#waiting.add(resolve)
      await promise
      this.#waiting.delete(resolve)
    }
  }
}
