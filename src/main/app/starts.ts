import type { OpenedLinks } from './links.ts'
import type { Log } from './log.ts'

export interface StartsDeps {
  links: OpenedLinks
  /** Opens the window, or brings it to the front. */
  show(): void
  /** Starts the app once this one has ended. */
  relaunch(link: string | null): void
  log: Log
}

/**
 * The app is started again, with a link or without, while it runs. One that is quitting opens no window any more and
 * starts nothing: what is asked of it then is for the next.
 */
export class Starts {
  #next: { link: string | null } | null = null
  #quitting = false
  readonly #deps: StartsDeps

  constructor(deps: StartsDeps) {
    this.#deps = deps
  }

  again(link: string | null): void {
    const { links, show, log } = this.#deps
    if (this.#quitting) {
      log.info('asked for while quitting, starting again afterwards', { link: link !== null })
      this.#next = { link: link ?? this.#next?.link ?? null }
      return
    }
    if (link) links.open(link)
    show()
  }

  quitting(): void {
    this.#quitting = true
  }

  /** The last moment of this run. */
  ended(): void {
    if (this.#next) this.#deps.relaunch(this.#next.link)
    this.#next = null
  }
}
