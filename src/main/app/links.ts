const SCHEME = 'parley://'
/** As long as an invite may be. */
const MAX_LENGTH = 2_000

/** The link among the arguments that the system started the app with; Chromium may have reordered them. */
export function findLink(argv: readonly string[]): string | null {
  return argv.find(argument => argument.startsWith(SCHEME) && argument.length <= MAX_LENGTH) ?? null
}

/** The arguments of a start like this one, with another link or none. @param argv without the program */
export const withLink = (argv: readonly string[], link: string | null): string[] => [
  ...argv.filter(argument => !argument.startsWith(SCHEME)),
  ...(link ? [link] : []),
]

/** Links come before the window is there and while it runs. Which page wants them is known only once it asked. */
export class OpenedLinks {
  #waiting: string | null
  #asked = false
  readonly #tell: (link: string) => void

  /** @param tell gives a link to a page that runs */
  constructor(first: string | null, tell: (link: string) => void) {
    this.#waiting = first
    this.#tell = tell
  }

  open(link: string): void {
    if (this.#asked) this.#tell(link)
    else this.#waiting = link
  }

  /** The page is there and wants what came before it, once. */
  take(): string | null {
    const link = this.#waiting
    this.#waiting = null
    this.#asked = true
    return link
  }

  /** The page is gone: links wait for the next. */
  pageGone(): void {
    this.#asked = false
  }
}
