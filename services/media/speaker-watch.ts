import type { types } from 'mediasoup'
import type { PeerId } from '#contracts/ids.ts'

export interface SpeakerLevel {
  peerId: PeerId
  /** -127 (silence) to 0. */
  volumeDbov: number
}

export interface SpeakerListener {
  /** Loudest first; empty when silence begins. */
  onLevels(levels: SpeakerLevel[]): void
  /** Only on change. */
  onActiveSpeaker(peerId: PeerId | null): void
}

/**
 * The worker counts a microphone only with ten packets in an interval; Opus sends one in 20 ms. An interval of 200 ms
 * would therefore call half of a speech silence; 300 ms leaves room for jitter.
 */
const LEVELS = { interval: 300, threshold: -60, maxEntries: 8 }
const ACTIVE_SPEAKER = { interval: 300 }
/** Pauses between sentences are shorter; a silence that lasts longer has no speaker. */
const SILENCE_HOLD_MS = 1_500

/**
 * Who is heard, from the level that each Opus packet carries in its header (RFC 6464): no audio is decoded. mediasoup
 * names a dominant speaker but never says that nobody speaks, so its word counts only while there is sound.
 */
export class SpeakerWatch {
  readonly #levels: types.AudioLevelObserver
  readonly #dominance: types.ActiveSpeakerObserver
  readonly #listener: SpeakerListener
  readonly #peers = new Map<string, PeerId>()
  readonly #silenceHoldMs: number
  #dominant: types.Producer | undefined
  #quiet = true
  #silenceTimer: NodeJS.Timeout | undefined
  #active: PeerId | null = null

  static async create(
    router: types.Router,
    listener: SpeakerListener,
    { silenceHoldMs = SILENCE_HOLD_MS } = {},
  ): Promise<SpeakerWatch> {
    const [levels, dominance] = await Promise.all([
      router.createAudioLevelObserver(LEVELS),
      router.createActiveSpeakerObserver(ACTIVE_SPEAKER),
    ])
    return new SpeakerWatch(levels, dominance, listener, silenceHoldMs)
  }

  private constructor(
    levels: types.AudioLevelObserver,
    dominance: types.ActiveSpeakerObserver,
    listener: SpeakerListener,
    silenceHoldMs: number,
  ) {
    this.#levels = levels
    this.#dominance = dominance
    this.#listener = listener
    this.#silenceHoldMs = silenceHoldMs
    levels.on('volumes', volumes => this.#onVolumes(volumes))
    levels.on('silence', () => this.#onSilence())
    dominance.on('dominantspeaker', ({ producer }) => {
      this.#dominant = producer
      this.#settle()
    })
    levels.observer.once('close', () => clearTimeout(this.#silenceTimer))
  }

  /** Listens to a microphone until it closes. */
  async add(peerId: PeerId, producer: types.Producer): Promise<void> {
    this.#peers.set(producer.id, peerId)
    producer.observer.on('pause', () => this.#settle())
    producer.observer.on('resume', () => this.#settle())
    producer.observer.once('close', () => {
      this.#peers.delete(producer.id)
      if (this.#dominant === producer) this.#dominant = undefined
      this.#settle()
    })
    const { id: producerId } = producer
    await Promise.all([this.#levels.addProducer({ producerId }), this.#dominance.addProducer({ producerId })])
  }

  #onVolumes(volumes: readonly types.AudioLevelObserverVolume[]): void {
    clearTimeout(this.#silenceTimer)
    this.#quiet = false
    const levels = volumes.flatMap(({ producer, volume }) => {
      const peerId = this.#peers.get(producer.id)
      return peerId ? [{ peerId, volumeDbov: Math.max(-127, Math.min(0, volume)) }] : []
    })
    if (levels.length) this.#listener.onLevels(levels)
    this.#settle()
  }

  #onSilence(): void {
    this.#listener.onLevels([])
    clearTimeout(this.#silenceTimer)
    this.#silenceTimer = setTimeout(() => {
      this.#quiet = true
      this.#settle()
    }, this.#silenceHoldMs)
  }

  #settle(): void {
    const speaking = this.#quiet || !this.#dominant || this.#dominant.paused ? undefined : this.#dominant
    const active = (speaking && this.#peers.get(speaking.id)) ?? null
    if (active === this.#active) return
    this.#active = active
    this.#listener.onActiveSpeaker(active)
  }
}
