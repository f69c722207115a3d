import type { RequestContract } from '#contracts/definitions.ts'
import { CodedError, toAppError, toParseError } from '#contracts/errors.ts'
import type { Clock } from './clock.ts'
import { runInScope, traceToSend } from './handler-scope.ts'
import type { RequestContext, RequestOptions } from './messaging.ts'
import type { MessagingLog } from './observer.ts'

type Responder = (payload: unknown, context: RequestContext) => Promise<unknown>

/** Request and reply within one process. Both sides parse, as they would if a wire lay between them. */
export class LocalRequests {
  readonly #responders = new Map<string, Responder>()
  readonly #pending = new Set<{ controller: AbortController; settled: Promise<unknown> }>()
  readonly #clock: Clock
  readonly #log: MessagingLog

  constructor({ clock, log }: { clock: Clock; log: MessagingLog }) {
    this.#clock = clock
    this.#log = log
  }

  respond<Q, R>(
    contract: RequestContract<Q, R>,
    responder: (payload: Q, context: RequestContext) => Promise<R> | R,
  ): void {
    if (this.#responders.has(contract.name)) throw new Error(`${contract.name} has a responder already`)
    this.#responders.set(contract.name, async (payload, context) => {
      const parsed = contract.request.safeParse(payload)
      if (!parsed.success) throw toParseError('payload-invalid', parsed.error)
      return responder(parsed.data, context)
    })
  }

  async request<Q, R>(contract: RequestContract<Q, R>, payload: Q, options: RequestOptions = {}): Promise<R> {
    const { timeoutMs = 5_000, signal } = options
    const sent = contract.request.safeParse(payload)
    if (!sent.success) throw toParseError('payload-invalid', sent.error)
    if (signal?.aborted) throw cancelled(contract.name, signal)
    const responder = this.#responders.get(contract.name)
    if (!responder) throw new CodedError('unavailable', `No service here answers ${contract.name}.`)

    const controller = new AbortController()
    const answer = runInScope(traceToSend(), () => responder(sent.data, { signal: controller.signal }))
    const entry = { controller, settled: answer.catch(() => {}) }
    this.#pending.add(entry)
    void entry.settled.then(() => this.#pending.delete(entry))
    const cut = this.#whenCut(contract.name, controller, timeoutMs, signal)
    try {
      const reply = contract.reply.safeParse(await Promise.race([answer, cut.promise]))
      if (reply.success) return reply.data
      throw new Error(`the reply to ${contract.name} breaks its contract`, { cause: reply.error })
    } catch (error) {
      throw this.#toShow(contract.name, error)
    } finally {
      cut.clear()
    }
  }

  /** Resolves when no responder runs. */
  async settled(): Promise<void> {
    while (this.#pending.size) await Promise.all([...this.#pending].map(({ settled }) => settled))
  }

  /** Ends the wait of all who ask. */
  abort(): void {
    const reason = new CodedError('unavailable', 'The service is shutting down.')
    for (const { controller } of this.#pending) controller.abort(reason)
  }

  /** Rejects on timeout, when the asker gives up, and when the layer closes. */
  #whenCut(name: string, controller: AbortController, timeoutMs: number, signal: AbortSignal | undefined) {
    const { promise, reject } = Promise.withResolvers<never>()
    const stop = (error: CodedError) => controller.abort(error)
    controller.signal.addEventListener('abort', () => reject(controller.signal.reason), { once: true })
    const clearTimer = this.#clock.after(timeoutMs, () =>
      stop(new CodedError('timeout', `${name} had no answer after ${timeoutMs} ms.`)),
    )
    const onAbort = () => stop(cancelled(name, signal))
    signal?.addEventListener('abort', onAbort, { once: true })
    return {
      promise,
      clear: () => {
        clearTimer()
        signal?.removeEventListener('abort', onAbort)
      },
    }
  }

  /** A coded error as its responder meant it; of anything else only that it happened. */
  #toShow(name: string, error: unknown): CodedError {
    if (!(error instanceof CodedError)) this.#log.error({ request: name, err: error }, 'request failed')
    const { code, message, retryAfterMs } = toAppError(error)
    return new CodedError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
  }
}

function cancelled(name: string, signal: AbortSignal | undefined): CodedError {
  return new CodedError('cancelled', `${name} was cancelled.`, { cause: signal?.reason })
}
