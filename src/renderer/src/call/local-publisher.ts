import type { StoreApi } from 'zustand/vanilla'
import { CodedError } from '#contracts/errors.ts'
import type { LocalMediaState } from '../media/local-media-state.ts'
import type { LocalProducer, SfuConnection } from '../media/sfu-connection.ts'

interface Wish {
  track: MediaStreamTrack | null
  paused: boolean
}

/** Keeps what the SFU is sent in step with the microphone and the camera: published when first on, paused when muted or off. */
export class LocalPublisher {
  readonly #media: StoreApi<LocalMediaState>
  readonly #mic: PublishedSource
  readonly #cam: PublishedSource
  readonly #unsubscribe: () => void

  /** @param onStuck only new transports help: the server holds a stream of ours that nobody here can name */
  constructor(sfu: SfuConnection, media: StoreApi<LocalMediaState>, onStuck: () => void) {
    this.#media = media
    const quality = media.getState().videoQuality
    this.#mic = new PublishedSource((track, paused) => sfu.produce('mic', track, { paused, quality }), onStuck)
    this.#cam = new PublishedSource((track, paused) => sfu.produce('cam', track, { paused, quality }), onStuck)
    this.#unsubscribe = media.subscribe(() => this.refresh())
    this.refresh()
  }

  /** Tries again what failed, e.g. while the server could not be asked. */
  refresh(): void {
    const { mic, micMuted, cam } = this.#media.getState()
    this.#mic.want({ track: mic.state === 'on' ? mic.track : null, paused: micMuted || mic.state !== 'on' })
    this.#cam.want({ track: cam.state === 'on' ? cam.track : null, paused: cam.state !== 'on' })
  }

  close(): void {
    this.#unsubscribe()
    this.#mic.close()
    this.#cam.close()
  }
}

/** One source: brings what is published to what is wished for, one step after another; the latest wish counts. */
class PublishedSource {
  readonly #produce: (track: MediaStreamTrack, paused: boolean) => Promise<LocalProducer>
  #producer: LocalProducer | null = null
  #wish: Wish = { track: null, paused: true }
  #published: Wish = { track: null, paused: true }
  #working = false
  #closed = false
  /** The question how to publish went unanswered, so it may have been granted. */
  #unanswered = false
  readonly #onStuck: () => void

  constructor(produce: (track: MediaStreamTrack, paused: boolean) => Promise<LocalProducer>, onStuck: () => void) {
    this.#produce = produce
    this.#onStuck = onStuck
  }

  want(wish: Wish): void {
    this.#wish = wish
    if (!this.#working) void this.#work()
  }

  close(): void {
    this.#closed = true
  }

  async #work(): Promise<void> {
    this.#working = true
    try {
      while (!this.#closed && (await this.#step()));
    } finally {
      this.#working = false
    }
  }

  /** @returns false when there is nothing left to do, or nothing that can be done now: the next wish tries again */
  async #step(): Promise<boolean> {
    try {
      return await this.#change()
    } catch (error) {
      if (this.#closed) return false
      console.debug('call: could not publish', error)
      const code = error instanceof CodedError ? error.code : null
      if (!this.#producer && code === 'media-rejected' && this.#unanswered) this.#onStuck()
      if (code === 'timeout' || code === 'connection-lost') this.#unanswered = true
      return code === 'timeout'
    }
  }

  async #change(): Promise<boolean> {
    const { track, paused } = this.#wish
    if (!this.#producer) {
      if (!track) return false
      this.#producer = await this.#produce(track, paused)
      this.#published = { track, paused }
      return true
    }
    // nobody may see a frozen picture or hear the wrong device: pause before taking the track away, resume after giving it
    if (paused && !this.#published.paused) {
      await this.#producer.setPaused(true)
      this.#published.paused = true
      return true
    }
    if (track !== this.#published.track) {
      await this.#producer.replaceTrack(track)
      this.#published.track = track
      return true
    }
    if (!paused && this.#published.paused) {
      await this.#producer.setPaused(false)
      this.#published.paused = false
      return true
    }
    return false
  }
}
