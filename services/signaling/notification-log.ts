const MAX_FRAMES = 1_000
const MAX_CHARS = 1024 * 1024

/**
 * The notifications of one session that its client may not have yet: those that wait for a socket, and those sent
 * since the last answered ping, because a socket that dies takes unread frames with it.
 * A pong proves that everything sent before its ping has arrived (TCP keeps the order), so nothing needs a sequence
 * number on the wire; what is replayed after a resume may arrive twice.
 */
export class NotificationLog {
  #frames: string[] = []
  #chars = 0
  /** How many frames have been dropped from the front, confirmed or not. */
  #dropped = 0
  #lost = false

  push(frame: string): void {
    this.#frames.push(frame)
    this.#chars += frame.length
    while (this.#frames.length > MAX_FRAMES || this.#chars > MAX_CHARS) {
      this.#drop(1)
      this.#lost = true
    }
  }

  /** @returns confirms everything pushed until now */
  checkpoint(): () => void {
    const end = this.#dropped + this.#frames.length
    return () => {
      // Reaching past what was dropped for lack of room means that those had arrived after all.
      if (end >= this.#dropped) this.#lost = false
      this.#drop(Math.max(0, end - this.#dropped))
    }
  }

  /** In the order pushed. */
  frames(): readonly string[] {
    return this.#frames
  }

  /** Something was dropped that the client may have missed. */
  get hasGap(): boolean {
    return this.#lost
  }

  clear(): void {
    this.#drop(this.#frames.length)
    this.#lost = false
  }

  #drop(count: number): void {
    for (const frame of this.#frames.splice(0, count)) this.#chars -= frame.length
    this.#dropped += count
  }
}
