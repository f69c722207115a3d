import { Device, type types } from 'mediasoup-client'
import { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'
import { type ConsumerId, ProducerId, TransportId } from '#contracts/ids.ts'
import type { ConsumerOptions } from '#contracts/meeting.ts'
import {
  DtlsParameters,
  type IceParameters,
  RtpCapabilities,
  RtpParameters,
  Source,
  type TransportOptions,
} from '#contracts/rtp.ts'
import type { SfuAnswer } from '#contracts/tasks/signaling.ts'
import { SCREEN_ENCODINGS, toCameraEncodings } from './encodings.ts'
import type {
  ConsumedStream,
  LoadSfuDevice,
  LocalProducer,
  ProduceOptions,
  SfuConnection,
  SfuOptions,
  SfuStats,
  TransportView,
} from './sfu-connection.ts'

/** What `produce` hands over to the transport's own listener. */
const AppData = z.object({ source: Source, paused: z.boolean() })

/** The real SFU, by mediasoup-client. */
export const loadMediasoupDevice: LoadSfuDevice = async routerRtpCapabilities => {
  try {
    const device = await Device.factory()
    await device.load({ routerRtpCapabilities: toLibrary<types.RtpCapabilities>(routerRtpCapabilities) })
    return {
      recvRtpCapabilities: RtpCapabilities.parse(device.recvRtpCapabilities),
      connect: (answer, options) => new MediasoupConnection(device, answer, options),
    }
  } catch (cause) {
    throw new CodedError('media-unavailable', 'This machine cannot send or receive what the meeting uses.', { cause })
  }
}

/** Each transport is built when its first stream needs it: that of receiving while the server looks for the streams. */
class MediasoupConnection implements SfuConnection {
  readonly #device: Device
  readonly #answer: SfuAnswer
  readonly #options: SfuOptions
  #sending: types.Transport | null = null
  #receiving: types.Transport | null = null
  #closed = false
  readonly #consumers = new Map<ProducerId, types.Consumer>()
  /** The server makes consumers paused; these it has not been asked, or has not answered, to resume. */
  readonly #unresumed = new Set<ConsumerId>()
  #watchesRecv = false

  constructor(device: Device, answer: SfuAnswer, options: SfuOptions) {
    this.#device = device
    this.#answer = answer
    this.#options = options
  }

  get transports(): readonly TransportView[] {
    const { recvTransport, sendTransport } = this.#answer
    return [
      { transportId: recvTransport.id, direction: 'recv', state: this.#receiving?.connectionState ?? 'new' },
      { transportId: sendTransport.id, direction: 'send', state: this.#sending?.connectionState ?? 'new' },
    ]
  }

  async produce(source: Source, track: MediaStreamTrack, { paused, quality }: ProduceOptions): Promise<LocalProducer> {
    // on a weak machine faces had better lose sharpness than movement, text movement
    if (source === 'cam') track.contentHint = 'motion'
    if (source === 'screen') track.contentHint = 'detail'
    const producer = await this.#toSend().produce({
      track,
      stopTracks: false,
      disableTrackOnPause: false,
      appData: { source, paused },
      ...toSending(source, quality),
    })
    if (paused) producer.pause()
    return this.#toLocalProducer(producer)
  }

  async consume(producerIds: readonly ProducerId[]): Promise<ConsumedStream[]> {
    if (this.#closed) throw closed()
    const asked = this.#options.request('consumer.create', { producerIds: [...producerIds] })
    const recv = this.#toReceive()
    const { consumers } = await asked
    // Before the path is open nothing can be sent too early, and the server asks for a key frame the moment it opens.
    // Later, the first pictures would come before anybody here knows what they are.
    const early = recv.connectionState !== 'connected'
    for (const { consumerId } of consumers) this.#unresumed.add(consumerId)
    if (early) void this.#resume()
    const outcomes = await Promise.allSettled(consumers.map(options => this.#consume(recv, options)))
    const consumed = outcomes.flatMap(outcome => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    const failed = outcomes.find(outcome => outcome.status === 'rejected')
    if (failed && consumed.length === 0) throw failed.reason
    if (!early) void this.#resume()
    return consumed
  }

  release(producerId: ProducerId): void {
    this.#consumers.get(producerId)?.close()
    this.#consumers.delete(producerId)
  }

  async restartIce(transportId: TransportId, iceParameters: IceParameters): Promise<void> {
    const transport = [this.#receiving, this.#sending].find(candidate => candidate?.id === transportId)
    await transport?.restartIce({ iceParameters: toLibrary<types.IceParameters>(iceParameters) })
  }

  refresh(): void {
    void this.#resume()
  }

  async getStats(): Promise<SfuStats> {
    const statsOf = async (transport: types.Transport | null): Promise<RTCStatsReport> =>
      transport ? transport.getStats() : new Map()
    const [send, recv] = await Promise.all([statsOf(this.#sending), statsOf(this.#receiving)])
    return { send, recv }
  }

  close(): void {
    this.#closed = true
    this.#receiving?.close()
    this.#sending?.close()
    this.#consumers.clear()
  }

  #toReceive(): types.Transport {
    this.#receiving ??= this.#wire(this.#device.createRecvTransport(toTransportOptions(this.#answer.recvTransport)))
    return this.#receiving
  }

  #toSend(): types.Transport {
    if (this.#closed) throw closed()
    if (this.#sending) return this.#sending
    const send = this.#wire(this.#device.createSendTransport(toTransportOptions(this.#answer.sendTransport)))
    const transportId = this.#answer.sendTransport.id
    send.on('produce', ({ kind, rtpParameters, appData }, done, failed) => {
      const { source, paused } = AppData.parse(appData)
      this.#options
        .request('producer.create', {
          transportId,
          kind,
          source,
          paused,
          rtpParameters: RtpParameters.parse(rtpParameters),
        })
        .then(({ producerId }) => done({ id: producerId }), failed)
    })
    this.#sending = send
    return send
  }

  #wire(transport: types.Transport): types.Transport {
    transport.on('connect', ({ dtlsParameters }, done) => {
      const { request, onUnconnectable } = this.#options
      const connecting = {
        transportId: TransportId.parse(transport.id),
        dtlsParameters: DtlsParameters.parse(dtlsParameters),
      }
      request('transport.connect', connecting).catch((error: unknown) => {
        if (transport.closed) return
        console.debug('media: a transport could not be connected', error)
        onUnconnectable()
      })
      // Connectivity checks need nothing of this and take longer than the request: they run side by side. Should the
      // first DTLS packet still come too early, it is repeated after 50 ms.
      done()
    })
    transport.on('connectionstatechange', () => this.#options.onTransportState(toView(transport)))
    return transport
  }

  async #consume(
    recv: types.Transport,
    { consumerId, producerId, kind, peerId, rtpParameters, producerPaused }: ConsumerOptions,
  ): Promise<ConsumedStream> {
    const consumer = await recv.consume({
      id: consumerId,
      producerId,
      kind,
      rtpParameters: toLibrary<types.RtpParameters>(rtpParameters),
      // tracks of one stream are played in step: a person's lips and voice
      streamId: peerId,
    })
    this.#consumers.set(producerId, consumer)
    this.#watchRecv(consumer.rtpReceiver)
    return { producerId, paused: producerPaused, track: consumer.track }
  }

  async #resume(): Promise<void> {
    const consumerIds = [...this.#unresumed]
    if (consumerIds.length === 0) return
    try {
      await this.#options.request('consumer.pause', { consumerIds, paused: false })
      for (const consumerId of consumerIds) this.#unresumed.delete(consumerId)
    } catch (error) {
      if (!this.#closed) console.debug('media: consumers stay paused for now', error)
    }
  }

  /** Both steps of the path, finer than the transport's one state; all receivers share one DTLS transport. */
  #watchRecv(receiver: RTCRtpReceiver | undefined): void {
    const { onRecvStep } = this.#options
    const dtls = receiver?.transport
    if (this.#watchesRecv || !dtls || !onRecvStep) return
    this.#watchesRecv = true
    once(
      dtls.iceTransport,
      () => ['connected', 'completed'].includes(dtls.iceTransport.state),
      () => onRecvStep('ice'),
    )
    once(
      dtls,
      () => dtls.state === 'connected',
      () => onRecvStep('dtls'),
    )
  }

  #toLocalProducer(producer: types.Producer): LocalProducer {
    return {
      replaceTrack: track => producer.replaceTrack({ track }),
      setPaused: async paused => {
        if (paused) producer.pause()
        else producer.resume()
        await this.#options.request('producer.pause', { producerId: ProducerId.parse(producer.id), paused })
      },
    }
  }
}

function toSending(source: Source, quality: ProduceOptions['quality']): types.ProducerOptions {
  switch (source) {
    case 'mic':
      return { codecOptions: { opusDtx: true, opusFec: true, opusStereo: false } }
    case 'cam':
      // without a start the encoder feels its way up from 300 kbit/s (kbit/s here)
      return { encodings: toCameraEncodings(quality), codecOptions: { videoGoogleStartBitrate: 1_000 } }
    case 'screen':
      return {
        encodings: SCREEN_ENCODINGS.map(layer => ({ ...layer })),
        codecOptions: { videoGoogleStartBitrate: 1_000 },
      }
  }
}

const toTransportOptions = ({
  id,
  iceParameters,
  iceCandidates,
  dtlsParameters,
}: TransportOptions): types.TransportOptions =>
  toLibrary<types.TransportOptions>({
    id,
    iceParameters,
    dtlsParameters,
    iceCandidates: iceCandidates.map(candidate => ({ ...candidate, ip: candidate.ip ?? candidate.address })),
  })

/**
 * Our schemas bound sizes and shapes; mediasoup-client checks the meaning (`ortc.validate…`) and throws. Its types are
 * narrower than ours, so that what was parsed crosses here as the JSON that it is.
 */
const toLibrary = <T>(parsed: object): T => JSON.parse(JSON.stringify(parsed))

const closed = () => new CodedError('cancelled', 'These transports are closed.')

const toView = (transport: types.Transport): TransportView => ({
  transportId: TransportId.parse(transport.id),
  direction: transport.direction,
  state: transport.connectionState,
})

function once(target: RTCIceTransport | RTCDtlsTransport, reached: () => boolean, then: () => void): void {
  const check = () => {
    if (!reached()) return
    target.removeEventListener('statechange', check)
    then()
  }
  target.addEventListener('statechange', check)
  check()
}
