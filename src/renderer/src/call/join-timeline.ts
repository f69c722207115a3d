/** The steps of one join, in the order they usually come. `ice` and `dtls` are those of the receiving transport. */
export type JoinStep =
  | 'click'
  | 'grant'
  | 'opened'
  | 'answer'
  | 'transports'
  | 'ice'
  | 'dtls'
  | 'consumed'
  | 'first-frame'
  | 'first-sample'

const PREFIX = 'parley:join:'

/** |sample| that counts as audible: -80 dBFS, above what a codec makes of digital silence. */
const AUDIBLE = 1e-4
const POLL_MS = 5
const LISTEN_FOR_MS = 10_000

/**
 * When each step of the latest join happened, in ms of `performance.now()`. Kept as performance marks named
 * `parley:join:<step>`, where measuring tools and developer tools find them.
 */
export interface JoinTimeline {
  /** A person pressed Join: forgets the join before. */
  start(): void
  /** The first time counts. */
  mark(step: JoinStep): void
  /** Marks `first-sample` when this track is first audible; for the first track it is given. */
  listen(track: MediaStreamTrack): void
  /** In the order in which they happened. */
  read(): ReadonlyMap<JoinStep, number>
  close(): void
}

export function createJoinTimeline(): JoinTimeline {
  let steps = new Map<JoinStep, number>()
  let ear: Ear | null = null

  const mark = (step: JoinStep) => {
    if (!steps.has('click') || steps.has(step)) return
    steps.set(step, performance.mark(PREFIX + step).startTime)
  }
  const stop = () => {
    ear?.close()
    ear = null
  }
  return {
    start: () => {
      stop()
      for (const { name } of performance.getEntriesByType('mark'))
        if (name.startsWith(PREFIX)) performance.clearMarks(name)
      steps = new Map([['click', performance.mark(`${PREFIX}click`).startTime]])
      // it needs some ms to wake up, which are not the join's
      if (typeof AudioContext !== 'undefined') ear = new Ear()
    },
    mark,
    listen: track => ear?.listen(track, () => mark('first-sample')),
    read: () => steps,
    close: stop,
  }
}

/** An analyser beside the element that plays the track; it costs one look at 2,048 samples every 5 ms. */
class Ear {
  readonly #context = new AudioContext()
  #poll: ReturnType<typeof setInterval> | undefined
  #timer = setTimeout(() => this.close(), LISTEN_FOR_MS)

  /** The first track counts. */
  listen(track: MediaStreamTrack, heard: () => void): void {
    if (this.#poll !== undefined || this.#context.state === 'closed') return
    const analyser = this.#context.createAnalyser()
    this.#context.createMediaStreamSource(new MediaStream([track])).connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    this.#poll = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      if (!samples.some(sample => Math.abs(sample) > AUDIBLE)) return
      heard()
      this.close()
    }, POLL_MS)
  }

  close(): void {
    clearInterval(this.#poll)
    clearTimeout(this.#timer)
    if (this.#context.state !== 'closed') void this.#context.close()
  }
}
