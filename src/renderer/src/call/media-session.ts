import type { CodedError } from '#contracts/errors.ts'
import type { SfuAnswer } from '#contracts/tasks/signaling.ts'
import type { LocalMedia } from '../media/local-media.ts'
import type { SfuConnection, SfuDevice } from '../media/sfu-connection.ts'
import type { SendRequest } from '../signaling/signaling-client.ts'
import type { CallEvent } from './call-reducer.ts'
import type { JoinTimeline } from './join-timeline.ts'
import { LocalPublisher } from './local-publisher.ts'
import { RemoteStreams } from './remote-streams.ts'
import { type PathHealth, TransportMender } from './transport-mender.ts'

interface MediaSessionOptions {
  device: SfuDevice
  media: LocalMedia
  timeline: JoinTimeline
  request: SendRequest
  dispatch(event: CallEvent): void
  /** What the answer named is described to the browser; its pictures are on their way. */
  onReceiving(): void
  onHealth(health: PathHealth): void
  onStale(): void
  onHopeless(error: CodedError): void
}

/**
 * What a person came for goes first. Three encoders that start take the processor that the first pictures need: published
 * as soon as the receiving path was open, one's own camera delayed them by 80 ms on two cores. So it waits until a key
 * frame has had its time, and however slow the path is, not longer than the second of these after the answer.
 */
const KEY_FRAME_MS = 150
const RECEIVE_FIRST_MS = 450

/** Everything that lives as long as one pair of transports: what is sent, what is received, and the path's health. */
export class MediaSession {
  readonly sfu: SfuConnection
  readonly remote: RemoteStreams
  readonly #media: LocalMedia
  readonly #onStale: () => void
  readonly #publishTimers: ReturnType<typeof setTimeout>[] = []
  #publisher: LocalPublisher | null = null
  readonly #mender: TransportMender

  constructor(answer: SfuAnswer, options: MediaSessionOptions) {
    const { device, media, timeline, request, dispatch, onReceiving, onStale } = options
    this.#media = media
    this.#onStale = onStale
    this.#mender = new TransportMender(options)
    this.sfu = device.connect(answer, {
      request,
      onTransportState: transport => this.#mender.update(transport),
      onUnconnectable: onStale,
      onRecvStep: step => {
        timeline.mark(step)
        if (step === 'dtls') this.#publishWithin(KEY_FRAME_MS)
      },
    })
    this.remote = new RemoteStreams(this.sfu, dispatch, tracks => {
      timeline.mark('consumed')
      const voice = tracks.find(({ kind }) => kind === 'audio')
      if (voice) timeline.listen(voice)
      onReceiving()
    })
    this.remote.start(answer.streams)
    timeline.mark('transports')
    if (answer.streams.length > 0) {
      this.#publishWithin(RECEIVE_FIRST_MS)
    } else {
      onReceiving()
      this.#publish()
    }
  }

  isOf({ recvTransport }: SfuAnswer): boolean {
    return this.sfu.transports.some(({ transportId }) => transportId === recvTransport.id)
  }

  /** After the socket came back: does what could not be done without it. */
  refresh(): void {
    this.#mender.refresh()
    this.sfu.refresh()
    this.remote.consume()
    this.#publisher?.refresh()
  }

  close(): void {
    this.#publishTimers.forEach(clearTimeout)
    this.#publisher?.close()
    this.remote.close()
    this.#mender.close()
    this.sfu.close()
  }

  #publishWithin(ms: number): void {
    this.#publishTimers.push(setTimeout(() => this.#publish(), ms))
  }

  #publish(): void {
    this.#publishTimers.forEach(clearTimeout)
    this.#publisher ??= new LocalPublisher(this.sfu, this.#media.store, this.#onStale)
  }
}
