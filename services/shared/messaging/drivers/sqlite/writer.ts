import { Worker } from 'node:worker_threads'
import { type AppError, CodedError } from '#contracts/errors.ts'
import type { Clock } from '../../clock.ts'
import type { MessagingLog } from '../../observer.ts'
import type { Ask, FromWriter, Reply, ReplyTo, Report, StoreOptions, Tell, ToWriter } from './protocol.ts'

type WithoutNumber<A extends Ask> = A extends Ask ? Omit<A, 'ask'> : never

export interface WriterDeps {
  clock: Clock
  log: MessagingLog
  onReport(report: Report): void
  /** The thread ended without having been asked to: nothing is stored or delivered any more. */
  onLost(error: CodedError): void
}

/** The main thread's end of the writer thread. What is said within one turn goes in one message. */
export class Writer {
  readonly #worker: Worker
  readonly #deps: WriterDeps
  readonly #asks = new Map<number, (reply: Reply) => void>()
  readonly #ended = Promise.withResolvers<void>()
  #ops: (Ask | Tell)[] = []
  #lastAsk = 0
  #posting = false
  #isClosing = false
  #isOver = false
  #failure: unknown
  #cancelTimer: (() => void) | undefined
  #timerAtMs: number | null = null

  /** @throws {CodedError} `unavailable` if another process has the file, `storage-failed` if it can't be used */
  static async open(options: Omit<StoreOptions, 'nowMs'>, deps: WriterDeps): Promise<Writer> {
    // Run from source, or from a bundle, where the thread's entry lies beside it
    const entry = import.meta.url.endsWith('.ts') ? './writer-thread.ts' : './writer-thread.js'
    const workerData: StoreOptions = { ...options, nowMs: deps.clock.now() }
    const worker = new Worker(new URL(entry, import.meta.url), { name: 'messaging-writer', workerData })
    const opened = Promise.withResolvers<void>()
    worker.once('message', (message: FromWriter) => {
      if (message.type === 'failed') opened.reject(toError(message.error, message.detail))
      else opened.resolve()
    })
    worker.once('error', cause => opened.reject(broken(cause)))
    worker.once('exit', () => opened.reject(broken(undefined)))
    await opened.promise
    return new Writer(worker, deps)
  }

  private constructor(worker: Worker, deps: WriterDeps) {
    this.#worker = worker
    this.#deps = deps
    worker.on('message', (message: FromWriter) => this.#onMessage(message))
    worker.on('error', error => {
      this.#failure = error
      deps.log.error({ err: error }, 'messaging writer failed')
    })
    worker.on('exit', () => this.#onExit())
  }

  /** Closed, or lost. */
  get isOver(): boolean {
    return this.#isOver
  }

  tell(op: Tell): void {
    if (this.#isOver) return
    this.#ops.push(op)
    this.#postSoon()
  }

  /** @throws {CodedError} what the writer answers; `unavailable` once it is closed */
  ask<A extends WithoutNumber<Ask>>(question: A): Promise<ReplyTo<Extract<Ask, { op: A['op'] }>>>
  async ask(question: WithoutNumber<Ask>): Promise<Reply> {
    if (this.#isOver) throw broken(undefined)
    const ask = ++this.#lastAsk
    const { promise, resolve } = Promise.withResolvers<Reply>()
    this.#asks.set(ask, resolve)
    this.#ops.push({ ...question, ask })
    this.#postSoon()
    const reply = await promise
    if (!reply.ok) throw toError(reply.error)
    return reply
  }

  async close(): Promise<void> {
    this.#cancelTimer?.()
    this.#isClosing = true
    if (!this.#isOver) {
      this.#postNow()
      this.#send({ type: 'close' })
    }
    await this.#ended.promise
  }

  #postSoon(): void {
    if (this.#posting) return
    this.#posting = true
    queueMicrotask(() => this.#postNow())
  }

  #postNow(): void {
    this.#posting = false
    if (this.#isOver || this.#ops.length === 0) return
    const ops = this.#ops
    this.#ops = []
    this.#send({ type: 'ops', nowMs: this.#deps.clock.now(), ops })
  }

  #send(message: ToWriter): void {
    this.#worker.postMessage(message)
  }

  #onMessage(message: FromWriter): void {
    if (message.type === 'failed') {
      this.#deps.log.error({ code: message.error.code, detail: message.detail }, 'messaging write failed')
    }
    if (message.type !== 'report') return
    this.#wakeAt(message.nextDueAtMs)
    // Handlers first: they are what the commit was for, and they start before those who wait for its acknowledgement
    this.#deps.onReport(message)
    for (const reply of message.replies) {
      this.#asks.get(reply.ask)?.(reply)
      this.#asks.delete(reply.ask)
    }
  }

  /** The only timer: for the next task that is delayed or waits for its retry. */
  #wakeAt(atMs: number | null): void {
    if (atMs === this.#timerAtMs) return
    this.#cancelTimer?.()
    this.#timerAtMs = atMs
    if (atMs === null) return
    const { clock } = this.#deps
    this.#cancelTimer = clock.after(atMs - clock.now(), () => {
      this.#timerAtMs = null
      if (!this.#isOver) this.#send({ type: 'ops', nowMs: clock.now(), ops: [] })
    })
  }

  #onExit(): void {
    this.#isOver = true
    this.#cancelTimer?.()
    const { code, message } = broken(undefined)
    for (const [ask, answer] of this.#asks) answer({ ask, ok: false, error: { code, message } })
    this.#asks.clear()
    this.#ended.resolve()
    if (this.#isClosing) return
    const sentence = 'Messages can no longer be stored: the thread that writes them ended.'
    this.#deps.onLost(new CodedError('unavailable', sentence, { cause: this.#failure }))
  }
}

function toError({ code, message, retryAfterMs }: AppError, detail?: string): CodedError {
  return new CodedError(code, message, {
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    ...(detail ? { cause: new Error(detail) } : {}),
  })
}

function broken(cause: unknown): CodedError {
  return new CodedError('unavailable', 'Messaging is closed.', { cause })
}
