import type { EventContract, HintContract, RequestContract, ServiceName, TaskContract } from '#contracts/definitions.ts'
import { CodedError } from '#contracts/errors.ts'
import { TaskId } from '#contracts/ids.ts'
import { type Backoff, DEFAULT_BACKOFF } from '../../backoff.ts'
import { type Clock, systemClock } from '../../clock.ts'
import { sealEnvelope } from '../../envelope.ts'
import { isInsideHandler, traceToSend } from '../../handler-scope.ts'
import { ContractEmitter } from '../../local-events.ts'
import type {
  DeadLetterBox,
  EnqueueOptions,
  EventHandler,
  Messaging,
  RequestContext,
  RequestOptions,
  TaskDefinition,
  TaskHandler,
} from '../../messaging.ts'
import { type MessagingLog, type Observe, silentLog } from '../../observer.ts'
import { toPlacement } from '../../placement.ts'
import { LocalRequests } from '../../requests.ts'
import { DEFAULT_CONCURRENCY, TaskRunner } from '../../task-runner.ts'
import { Feeds } from './feeds.ts'
import type { NewTask, Report, StoredTask } from './protocol.ts'
import { Writer } from './writer.ts'

export interface SqliteMessagingOptions {
  /** Made if it isn't there. One process at a time can have it. */
  file: string
  log?: MessagingLog
  clock?: Clock
  observe?: Observe
  backoff?: Backoff
  /** Unfinished tasks that a service may have. */
  maxDepth?: number
  /**
   * Told when nothing can be stored any more, after all who waited were refused. Unless given, the error is thrown
   * where nobody catches it: a process that can't keep its promises ends and is started again.
   */
  onLost?: (error: CodedError) => void
}

const DAY_MS = 24 * 60 * 60 * 1_000
const DRAIN_MS = 5_000

/** @throws {CodedError} `unavailable` if another process has the file, `storage-failed` if it can't be used */
export function createSqliteMessaging(options: SqliteMessagingOptions): Promise<Messaging> {
  return SqliteMessaging.create(options)
}

class SqliteMessaging implements Messaging {
  readonly deadLetters: DeadLetterBox
  readonly #clock: Clock
  readonly #log: MessagingLog
  readonly #observe: Observe
  readonly #runner: TaskRunner
  readonly #requests: LocalRequests
  readonly #hints: ContractEmitter
  readonly #feeds: Feeds
  readonly #writer: Writer
  #phase: 'registering' | 'started' | 'draining' | 'closed' = 'registering'
  #closing: Promise<void> | undefined
  #reports = 0

  static async create(options: SqliteMessagingOptions): Promise<Messaging> {
    const { file, maxDepth = 100_000, clock = systemClock, log = silentLog, onLost = throwUncaught } = options
    let onReport: (report: Report) => void = () => {}
    const writer = await Writer.open(
      { file, maxDepth, keyRetentionMs: 7 * DAY_MS, eventRetentionMs: 7 * DAY_MS },
      { clock, log, onLost, onReport: report => onReport(report) },
    )
    const messaging = new SqliteMessaging(writer, options)
    onReport = report => messaging.#onReport(report)
    return messaging
  }

  private constructor(writer: Writer, options: SqliteMessagingOptions) {
    const { clock = systemClock, log = silentLog, observe = () => {}, backoff = DEFAULT_BACKOFF } = options
    this.#writer = writer
    this.deadLetters = openDeadLetters(writer, clock)
    this.#clock = clock
    this.#log = log
    this.#observe = guard(observe, log)
    const deps = { clock, backoff, log, observe: this.#observe }
    this.#runner = new TaskRunner(deps)
    this.#feeds = new Feeds(deps, op => writer.tell(op))
    this.#requests = new LocalRequests({ clock, log })
    this.#hints = new ContractEmitter((hint, err) => log.error({ hint, err }, 'hint listener failed'))
  }

  async enqueue<P>(task: TaskContract<P>, payload: NoInfer<P>, options: EnqueueOptions = {}): Promise<TaskId> {
    const [id] = await this.#enqueue([this.#toNewTask(task, payload, options, options.key)])
    if (id === undefined) throw new Error('the writer named no task')
    return id
  }

  async enqueueMany<P>(
    task: TaskContract<P>,
    payloads: readonly NoInfer<P>[],
    options: EnqueueOptions = {},
  ): Promise<TaskId[]> {
    const { key } = options
    return this.#enqueue(
      payloads.map((payload, i) => this.#toNewTask(task, payload, options, key === undefined ? key : `${key}#${i}`)),
    )
  }

  async cancel(id: TaskId): Promise<boolean> {
    for (;;) {
      const { found } = await this.#writer.ask({ op: 'cancel', id })
      if (found !== 'running') return found === 'waiting'
      if (this.#runner.cancel(id)) return true
      // It has just stopped running, and its outcome was on its way; now the writer knows
    }
  }

  handle<P>(definition: TaskDefinition<P>): void
  handle<P>(task: TaskContract<P>, handler: TaskHandler<P>): void
  handle<P>(first: TaskDefinition<P> | TaskContract<P>, handler?: TaskHandler<P>): void {
    const definition = toDefinition(first, handler)
    const { service, name } = definition.task
    this.#runner.register(definition)
    const concurrency = definition.policy.concurrency ?? DEFAULT_CONCURRENCY
    this.#writer.tell({ op: 'handle', service, name, concurrency })
  }

  async publish<P>(event: EventContract<P>, payload: NoInfer<P>): Promise<void> {
    this.#checkOpen()
    const { envelope } = sealEnvelope(event, payload, { nowMs: this.#clock.now(), trace: traceToSend() })
    await this.#writer.ask({ op: 'publish', event: { ...envelope, channel: event.channel } })
    this.#observe({ type: 'published', name: event.name })
  }

  subscribe<P>(
    service: ServiceName,
    event: EventContract<P>,
    handler: EventHandler<P>,
    { delivery = 'one' }: { delivery?: 'one' | 'each' } = {},
  ): void {
    if (delivery === 'one') this.#feeds.subscribe(service, event, handler)
    else this.#feeds.watch(service, event, handler)
  }

  async request<Q, R>(request: RequestContract<Q, R>, payload: NoInfer<Q>, options?: RequestOptions): Promise<R> {
    if (this.#phase === 'registering') throw new CodedError('unavailable', 'Messaging has not started yet.')
    this.#checkOpen()
    return this.#requests.request(request, payload, options)
  }

  respond<Q, R>(
    request: RequestContract<Q, R>,
    responder: (payload: Q, context: RequestContext) => Promise<R> | R,
  ): void {
    this.#requests.respond(request, responder)
  }

  hint<P>(hint: HintContract<P>, payload: NoInfer<P>): void {
    if (this.#phase === 'started' || this.#phase === 'draining') this.#hints.emit(hint, payload)
  }

  onHint<P>(hint: HintContract<P>, listener: (payload: P) => void): () => void {
    return this.#hints.on(hint, listener)
  }

  get isAvailable(): boolean {
    return this.#phase !== 'closed' && !this.#writer.isOver
  }

  async start(): Promise<void> {
    if (this.#phase !== 'registering') return
    this.#phase = 'started'
    this.#writer.tell({ op: 'start' })
    this.#log.info({}, 'messaging started')
  }

  async idle(): Promise<void> {
    for (;;) {
      await Promise.all([this.#feeds.settled(), this.#requests.settled()])
      const before = this.#reports
      await this.#writer.ask({ op: 'idle' })
      // Quiet only if the answer came in the one report since: anything else may have set something off
      if (this.#reports === before + 1 && this.#feeds.isIdle) return
    }
  }

  close({ deadlineMs = DRAIN_MS }: { deadlineMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#close(deadlineMs)
    return this.#closing
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#phase = 'draining'
    this.#writer.tell({ op: 'drain' })
    this.#feeds.stop()
    const deadline = Promise.withResolvers<void>()
    const clearTimer = this.#clock.after(deadlineMs, deadline.resolve)
    const settled = Promise.all([this.#runner.settled(), this.#requests.settled(), this.#feeds.settled()])
    await Promise.race([settled, deadline.promise])
    clearTimer()
    this.#phase = 'closed'
    this.#requests.abort()
    this.#runner.release()
    // The outcomes of what was released follow in microtasks
    await new Promise(resolve => setImmediate(resolve))
    await this.#writer.close()
    this.#log.info({}, 'messaging closed')
  }

  #checkOpen(): void {
    const isOpen = this.#phase === 'draining' ? isInsideHandler() : this.#phase !== 'closed'
    if (!isOpen) throw new CodedError('unavailable', 'The service is shutting down and takes no new work.')
  }

  #toNewTask<P>(task: TaskContract<P>, payload: P, options: EnqueueOptions, key: string | undefined): NewTask {
    this.#checkOpen()
    const postmark = { nowMs: this.#clock.now(), trace: traceToSend(), key }
    const { envelope, payload: parsed } = sealEnvelope(task, payload, postmark)
    return { ...envelope, service: task.service, ...toPlacement(task, parsed, options, envelope.atMs) }
  }

  async #enqueue(tasks: readonly NewTask[]): Promise<TaskId[]> {
    const [first] = tasks
    if (!first) return []
    const { ids, accepted } = await this.#writer.ask({ op: 'enqueue', tasks })
    const { service, name } = first
    if (accepted) this.#observe({ type: 'enqueued', service, name, count: accepted })
    return ids.map(id => TaskId.parse(id))
  }

  #onReport(report: Report): void {
    this.#reports += 1
    if (report.committed) this.#observe({ type: 'committed', ...report.committed })
    for (const task of report.claimed) void this.#run(task)
    const watched = this.#phase === 'started' ? report.watched : []
    this.#feeds.deliver({ deliveries: report.deliveries, watched })
  }

  async #run(task: StoredTask): Promise<void> {
    const { seq } = task
    if (this.#phase !== 'started') {
      this.#writer.tell({ op: 'released', seq })
      return
    }
    const onProgress = (fraction: number) => this.#writer.tell({ op: 'progress', seq, fraction })
    const outcome = await this.#runner.run(task, onProgress)
    switch (outcome.type) {
      case 'retry':
        return this.#writer.tell({ op: 'retry', seq, dueAtMs: outcome.dueAtMs })
      case 'dead':
        return this.#writer.tell({ op: 'dead', seq, error: outcome.error })
      default:
        return this.#writer.tell({ op: outcome.type, seq })
    }
  }
}

function openDeadLetters(writer: Writer, clock: Clock): DeadLetterBox {
  return {
    async list({ limit = 100 } = {}) {
      const { letters } = await writer.ask({ op: 'letters', limit })
      return [...letters]
    },
    async replay(letter) {
      return (await writer.ask({ op: 'replay', letter })).found
    },
    async purge(which) {
      const asked = 'ids' in which ? { letters: which.ids } : { diedUpToMs: clock.now() - which.olderThanMs }
      return (await writer.ask({ op: 'purge', which: asked })).count
    },
  }
}

function toDefinition<P>(first: TaskDefinition<P> | TaskContract<P>, handler?: TaskHandler<P>): TaskDefinition<P> {
  if ('task' in first) return first
  if (!handler) throw new TypeError(`${first.name} needs a handler`)
  return { task: first, policy: {}, handler }
}

function throwUncaught(error: CodedError): void {
  setImmediate(() => {
    throw error
  })
}

/** Who measures can't harm what is measured. */
function guard(observe: Observe, log: MessagingLog): Observe {
  return observation => {
    try {
      observe(observation)
    } catch (err) {
      log.error({ observation: observation.type, err }, 'messaging observer failed')
    }
  }
}
