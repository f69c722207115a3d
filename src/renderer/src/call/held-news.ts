import type { CallEvent } from './call-reducer.ts'

/**
 * The longest that a taken seat is not shown. Only a join whose streams come late waits for so long.
 */
const HOLD_MS = 300

/**
 * Building the call's screen takes the thread that also has to set up reception. So the news of a join wait until streams
 * have been asked for and described, and the screen is built while ICE, DTLS and the first key frame are on their way.
 */
export class HeldNews {
  readonly #dispatch: (event: CallEvent) => void
  #held: CallEvent[] | null = []
  #timer: ReturnType<typeof setTimeout> | undefined

  constructor(dispatch: (event: CallEvent) => void) {
    this.#dispatch = dispatch
  }

  readonly dispatch = (event: CallEvent): void => {
    if (!this.#held) {
      this.#dispatch(event)
      return
    }
    this.#held.push(event)
    if (event.type === 'opened') this.#timer ??= setTimeout(this.release, HOLD_MS)
  }

  /** Tells all that was held, in order, and from now on everything at once. Idempotent. */
  readonly release = (): void => {
    clearTimeout(this.#timer)
    const held = this.#held ?? []
    this.#held = null
    for (const event of held) this.#dispatch(event)
  }

  /** The join has failed or was given up: what was held is about nothing any more. */
  readonly drop = (): void => {
    clearTimeout(this.#timer)
    if (this.#held) this.#held = []
  }
}
