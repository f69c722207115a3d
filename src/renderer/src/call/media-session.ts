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
  onHealth(health: PathHealth): void
  onStale(): void
  onHopeless(error: CodedError): void
}

/** Everything that lives as long as one pair of transports: what is sent, what is received, and the path's health. */
export class MediaSession {
  readonly sfu: SfuConnection
  readonly remote: RemoteStreams
  readonly #publisher: LocalPublisher
  readonly #mender: TransportMender

  constructor(answer: SfuAnswer, options: MediaSessionOptions) {
    const { device, media, timeline, request, dispatch } = options
    this.#mender = new TransportMender(options)
    this.sfu = device.connect(answer, {
      request,
      onTransportState: transport => this.#mender.update(transport),
      onUnconnectable: options.onStale,
      onRecvStep: step => timeline.mark(step),
    })
    timeline.mark('transports')
    this.remote = new RemoteStreams(this.sfu, dispatch, tracks => {
      timeline.mark('consumed')
      const voice = tracks.find(({ kind }) => kind === 'audio')
      if (voice) timeline.listen(voice)
    })
    // what a person came for goes first: its question is on the way while the encoders start
    this.remote.start(answer.streams)
    this.#publisher = new LocalPublisher(this.sfu, media.store, options.onStale)
  }

  isOf({ recvTransport }: SfuAnswer): boolean {
    return this.sfu.transports.some(({ transportId }) => transportId === recvTransport.id)
  }

  /** After the socket came back: does what could not be done without it. */
  refresh(): void {
    this.#mender.refresh()
    this.sfu.refresh()
    this.remote.consume()
    this.#publisher.refresh()
  }

  close(): void {
    this.#publisher.close()
    this.remote.close()
    this.#mender.close()
    this.sfu.close()
  }
}
