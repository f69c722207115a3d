import type { EventContract, ServiceName } from '#contracts/definitions.ts'
import { type AppError, CodedError, toAppError } from '#contracts/errors.ts'
import { type Backoff, backoffMs } from './backoff.ts'
import type { Clock } from './clock.ts'
import { type Envelope, openEnvelope } from './envelope.ts'
import { runInScope } from './handler-scope.ts'
import type { EventHandler } from './messaging.ts'
import type { MessagingLog, Observe } from './observer.ts'
import { PermanentError } from './permanent-error.ts'

export interface FeedDeps {
  clock: Clock
  backoff: Backoff
  log: MessagingLog
  observe: Observe
}

/** A handler that has not returned by then has failed. */
export const EVENT_TIMEOUT_MS = 30_000
export const EVENT_ATTEMPTS = 5

interface Subscriber {
  /** @throws {CodedError} if the payload can't be read */
  open(envelope: Envelope): () => Promise<void> | void
}

/**
 * The events of one channel for one service: one at a time, in the order published. One that keeps failing is
 * parked, and the feed goes on.
 */
export class EventFeed<E extends Envelope> {
  readonly #handlers = new Map<string, Subscriber[]>()
  readonly #queue: E[] = []
  readonly #service: ServiceName
  readonly #deps: FeedDeps
  readonly #onEnded: (event: E, error: AppError | undefined) => void
  #running: Promise<void> | undefined
  #stopped = false
  #cutWait: (() => void) | undefined

  /** @param onEnded told once for every event, in order; with the error if it was parked */
  constructor(service: ServiceName, deps: FeedDeps, onEnded: (event: E, error: AppError | undefined) => void) {
    this.#service = service
    this.#deps = deps
    this.#onEnded = onEnded
  }

  subscribe<P>(contract: EventContract<P>, handler: EventHandler<P>): void {
    const handlers = this.#handlers.get(contract.name) ?? []
    this.#handlers.set(contract.name, handlers)
    handlers.push({
      open: envelope => {
        const payload = openEnvelope(contract, envelope)
        return () => handler(payload, { id: envelope.id, atMs: envelope.atMs })
      },
    })
  }

  push(events: readonly E[]): void {
    if (this.#stopped) return
    this.#queue.push(...events)
    this.#running ??= this.#drain()
  }

  /** Lets the event that is being handled finish (or give up, if it waits for a retry); the others stay unhandled. */
  stop(): void {
    this.#stopped = true
    this.#queue.length = 0
    this.#cutWait?.()
  }

  get isIdle(): boolean {
    return this.#running === undefined
  }

  /** Resolves when no event is being handled. */
  async settled(): Promise<void> {
    await this.#running
  }

  async #drain(): Promise<void> {
    for (;;) {
      const event = this.#queue.shift()
      if (!event) break
      await this.#deliver(event)
    }
    this.#running = undefined
  }

  async #deliver(event: E): Promise<void> {
    const { clock, backoff, log, observe } = this.#deps
    const { name, id } = event
    const labels = { kind: 'event' as const, service: this.#service, name }
    for (let attempt = 1; ; attempt += 1) {
      let readable = false
      const startedMs = clock.now()
      try {
        const opened = (this.#handlers.get(name) ?? []).map(subscriber => subscriber.open(event))
        readable = true
        for (const handle of opened) await this.#withDeadline(event, handle)
        observe({ type: 'handled', ...labels, waitMs: startedMs - event.atMs, runMs: clock.now() - startedMs })
        this.#onEnded(event, undefined)
        return
      } catch (error) {
        const shown = toAppError(error)
        observe({ type: 'failed', ...labels, code: shown.code, runMs: clock.now() - startedMs })
        if (!readable || attempt >= EVENT_ATTEMPTS || error instanceof PermanentError) {
          observe({ type: 'dead', ...labels, code: shown.code })
          log.error({ event: name, id, service: this.#service, attempt, err: error }, 'event failed for good')
          this.#onEnded(event, shown)
          return
        }
        const delayMs = backoffMs(attempt, backoff)
        observe({ type: 'retried', ...labels, delayMs })
        log.warn({ event: name, id, service: this.#service, attempt, delayMs, err: error }, 'event failed, will retry')
        if (!this.#stopped) await this.#wait(delayMs)
        if (this.#stopped) return
      }
    }
  }

  async #withDeadline(event: E, handle: () => Promise<void> | void): Promise<void> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const error = new CodedError('timeout', `${event.name} was not handled within ${EVENT_TIMEOUT_MS} ms.`)
    const clearTimer = this.#deps.clock.after(EVENT_TIMEOUT_MS, () => reject(error))
    const handled = runInScope(event.trace, handle)
    handled.catch(() => {}) // its result may come too late to matter
    try {
      await Promise.race([handled, late])
    } finally {
      clearTimer()
    }
  }

  async #wait(delayMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const clearTimer = this.#deps.clock.after(delayMs, resolve)
    this.#cutWait = () => {
      clearTimer()
      resolve()
    }
    await promise
    this.#cutWait = undefined
  }
}
