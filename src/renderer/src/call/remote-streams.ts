import { CodedError } from '#contracts/errors.ts'
import type { PeerId, ProducerId } from '#contracts/ids.ts'
import type { StreamView } from '#contracts/meeting.ts'
import type { ConsumedStream, SfuConnection } from '../media/sfu-connection.ts'
import type { CallEvent } from './call-reducer.ts'

interface Known {
  stream: StreamView
  track: MediaStreamTrack | null
}

/**
 * What the others publish, and its reception. Streams and peers are told by different services, so a stream may be
 * known before its peer; it is shown once both are.
 */
export class RemoteStreams {
  readonly #sfu: SfuConnection
  readonly #dispatch: (event: CallEvent) => void
  readonly #onConsumed: (tracks: readonly MediaStreamTrack[]) => void
  readonly #known = new Map<ProducerId, Known>()
  readonly #wanted = new Set<ProducerId>()
  /** What was said of producers that nobody has told of yet. */
  readonly #pausedBefore = new Map<ProducerId, boolean>()
  #consuming = false
  #closed = false

  constructor(
    sfu: SfuConnection,
    dispatch: (event: CallEvent) => void,
    onConsumed: (tracks: readonly MediaStreamTrack[]) => void,
  ) {
    this.#sfu = sfu
    this.#dispatch = dispatch
    this.#onConsumed = onConsumed
  }

  /** Those already known are left as they are. */
  start(streams: readonly StreamView[]): void {
    for (const told of streams) {
      const { producerId } = told
      if (this.#known.has(producerId)) continue
      const stream = { ...told, paused: this.#pausedBefore.get(producerId) ?? told.paused }
      this.#pausedBefore.delete(producerId)
      this.#known.set(producerId, { stream, track: null })
      this.#wanted.add(producerId)
      this.#dispatch({ type: 'stream-started', stream, track: null })
    }
    this.consume()
  }

  pause(producerId: ProducerId, paused: boolean): void {
    const known = this.#known.get(producerId)
    if (!known) {
      this.#pausedBefore.set(producerId, paused)
      return
    }
    known.stream = { ...known.stream, paused }
    this.#dispatch({ type: 'stream-paused', peerId: known.stream.peerId, producerId, paused })
  }

  stop(producerId: ProducerId): void {
    const known = this.#known.get(producerId)
    this.#known.delete(producerId)
    this.#pausedBefore.delete(producerId)
    this.#wanted.delete(producerId)
    this.#sfu.release(producerId)
    if (known) this.#dispatch({ type: 'stream-stopped', peerId: known.stream.peerId, producerId })
  }

  peerJoined(peerId: PeerId): void {
    for (const { stream, track } of this.#of(peerId)) this.#dispatch({ type: 'stream-started', stream, track })
  }

  peerLeft(peerId: PeerId): void {
    for (const { stream } of this.#of(peerId)) this.stop(stream.producerId)
  }

  /** The way they came is gone; whoever still publishes is told of again. */
  forget(): void {
    for (const producerId of [...this.#known.keys()]) this.stop(producerId)
  }

  close(): void {
    this.#closed = true
  }

  /** Asks for all that is wanted at once; also what failed before. */
  consume(): void {
    if (!this.#consuming) void this.#consumeAll()
  }

  #of(peerId: PeerId): Known[] {
    return [...this.#known.values()].filter(({ stream }) => stream.peerId === peerId)
  }

  async #consumeAll(): Promise<void> {
    this.#consuming = true
    try {
      while (!this.#closed && this.#wanted.size > 0 && (await this.#consumeBatch([...this.#wanted])));
    } finally {
      this.#consuming = false
    }
  }

  /** @returns false when asking again has to wait for better times */
  async #consumeBatch(batch: readonly ProducerId[]): Promise<boolean> {
    const before = new Map(batch.map(producerId => [producerId, this.#known.get(producerId)?.stream]))
    try {
      const consumed = await this.#sfu.consume(batch)
      // refused ones are gone or cannot be decoded here: asking again would change nothing
      for (const producerId of batch) this.#wanted.delete(producerId)
      if (!this.#closed) this.#show(consumed, before)
      return true
    } catch (error) {
      if (!this.#closed) console.debug('call: could not receive', error)
      return error instanceof CodedError && error.code === 'timeout'
    }
  }

  /** @param before what was known of them when they were asked for */
  #show(received: readonly ConsumedStream[], before: ReadonlyMap<ProducerId, StreamView | undefined>): void {
    const consumed = received.flatMap(({ producerId, paused, track }) => {
      const known = this.#known.get(producerId)
      if (!known) {
        this.#sfu.release(producerId)
        return []
      }
      known.track = track
      // what was said while the answer was on its way is later than the answer
      if (known.stream === before.get(producerId) && known.stream.paused !== paused) this.pause(producerId, paused)
      return [{ peerId: known.stream.peerId, producerId, track }]
    })
    if (consumed.length === 0) return
    this.#dispatch({ type: 'streams-consumed', consumed })
    this.#onConsumed(consumed.map(({ track }) => track))
  }
}
