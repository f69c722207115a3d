import type { Backoff } from '../backoff.ts'
import type { Clock } from '../clock.ts'
import type { Messaging } from '../messaging.ts'
import type { MessagingLog, Observation, Observe } from '../observer.ts'

export interface OpenOptions {
  clock?: Clock
  observe?: Observe
  log?: MessagingLog
  /** A few ms unless told, so that tests on the real clock are quick. */
  backoff?: Backoff
  maxDepth?: number
  /** Opened again under the same name, it holds what it held. A fresh one unless told. */
  store?: string
}

export type OpenMessaging = (options?: OpenOptions) => Promise<Messaging>

/** Keeps what it observes, and waits for what it has not seen yet. */
export class Observations {
  readonly seen: Observation[] = []
  readonly #waiting = new Set<() => void>()

  readonly observe: Observe = observation => {
    this.seen.push(observation)
    for (const check of [...this.#waiting]) check()
  }

  count(type: Observation['type']): number {
    return this.seen.filter(observation => observation.type === type).length
  }

  /** Resolves when so many of this type were seen. */
  async until(type: Observation['type'], count = 1): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = () => {
      if (this.count(type) >= count) resolve()
    }
    this.#waiting.add(check)
    check()
    await promise
    this.#waiting.delete(check)
  }
}
