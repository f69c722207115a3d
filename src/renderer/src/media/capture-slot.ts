import type { Outcome } from './capture.ts'
import type { Capture } from './local-media-state.ts'

interface SlotOptions {
  open(): Promise<Outcome>
  onChange(capture: Capture): void
  /** The device went away while in use. True if another one should take its place. */
  onUnplugged(): Promise<boolean>
}

/** One device kind's capture: at most one track at a time, and answers that come too late are stopped unseen. */
export class CaptureSlot {
  readonly #options: SlotOptions
  #capture: Capture = { state: 'off' }
  /** Counts what the person asked for; an answer to an earlier wish is late. */
  #turn = 0

  constructor(options: SlotOptions) {
    this.#options = options
  }

  /** Does nothing while the device is on or being opened. */
  async start(): Promise<void> {
    if (this.#capture.state !== 'on' && this.#capture.state !== 'starting') await this.restart()
  }

  /** Opens the device anew; a running track goes on until its successor is there. */
  async restart(): Promise<void> {
    const turn = ++this.#turn
    if (this.#capture.state !== 'on') this.#set({ state: 'starting' })
    const outcome = await this.#options.open()
    if (turn !== this.#turn) {
      if (outcome.ok) outcome.track.stop()
      return
    }
    this.#stopTrack()
    if (!outcome.ok) return this.#set({ state: 'failed', failure: outcome.failure })
    const { track } = outcome
    track.addEventListener('ended', () => void this.#unplugged(track))
    this.#set({ state: 'on', track, deviceId: track.getSettings().deviceId ?? '' })
  }

  stop(): void {
    this.#turn++
    this.#stopTrack()
    if (this.#capture.state !== 'off') this.#set({ state: 'off' })
  }

  /** `ended` comes only when somebody else ended it: the cable, the system, or the permission. */
  async #unplugged(track: MediaStreamTrack): Promise<void> {
    if (this.#capture.state !== 'on' || this.#capture.track !== track) return
    const turn = ++this.#turn
    this.#set({ state: 'failed', failure: 'unplugged' })
    if ((await this.#options.onUnplugged()) && turn === this.#turn) await this.restart()
  }

  #stopTrack(): void {
    if (this.#capture.state === 'on') this.#capture.track.stop()
  }

  #set(capture: Capture): void {
    this.#capture = capture
    this.#options.onChange(capture)
  }
}
