import type { ServiceName, TaskContract } from '#contracts/definitions.ts'
import { type AppError, CodedError, toAppError } from '#contracts/errors.ts'
import { TaskId } from '#contracts/ids.ts'
import { type Backoff, backoffMs } from './backoff.ts'
import type { Clock } from './clock.ts'
import { type Envelope, openEnvelope } from './envelope.ts'
import { runInScope } from './handler-scope.ts'
import type { TaskContext, TaskDefinition } from './messaging.ts'
import type { MessagingLog, Observe } from './observer.ts'
import { PermanentError } from './permanent-error.ts'

/** A task whose turn it is. */
export interface ClaimedTask extends Envelope {
  readonly service: ServiceName
  /** From 1; counts every start, also those that a crash or a drain cut short. */
  readonly attempt: number
  /** Attempts that failed so far. */
  readonly failures: number
  readonly dueAtMs: number
}

export type TaskOutcome =
  | { type: 'done' }
  | { type: 'retry'; dueAtMs: number }
  | { type: 'dead'; error: AppError }
  | { type: 'cancelled' }
  /** Cut short by a drain: it is handled again later, and that does not count as a failure. */
  | { type: 'released' }

interface Registered {
  readonly attempts: number
  readonly timeoutMs: number
  /** @throws {CodedError} if the payload can't be read */
  open(envelope: Envelope): (context: TaskContext) => Promise<void> | void
}

interface Run {
  readonly id: string
  readonly controller: AbortController
  cancelled: boolean
  settle(outcome: TaskOutcome): void
}

export interface TaskRunnerDeps {
  clock: Clock
  backoff: Backoff
  log: MessagingLog
  observe: Observe
}

export const DEFAULT_CONCURRENCY = 16
const DEFAULT_ATTEMPTS = 5
const DEFAULT_TIMEOUT_MS = 30_000

/** Runs claimed tasks: parses, calls the handler, holds it to its deadline, and says what is to become of the task. */
export class TaskRunner {
  readonly #registered = new Map<string, Registered>()
  readonly #runs = new Map<string, Run>()
  readonly #deps: TaskRunnerDeps
  #onEmpty: (() => void)[] = []

  constructor(deps: TaskRunnerDeps) {
    this.#deps = deps
  }

  register<P>({ task, policy, handler }: TaskDefinition<P>): void {
    const name = nameOf(task)
    if (this.#registered.has(name)) throw new Error(`${task.name} has a handler already`)
    this.#registered.set(name, {
      attempts: policy.attempts ?? DEFAULT_ATTEMPTS,
      timeoutMs: policy.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      open: envelope => {
        const payload = openEnvelope(task, envelope)
        return context => handler(payload, context)
      },
    })
  }

  /** Never rejects. */
  run(task: ClaimedTask, onProgress: (fraction: number) => void): Promise<TaskOutcome> {
    const registered = this.#registered.get(nameOf(task))
    if (!registered) return Promise.resolve({ type: 'released' })
    let work: (context: TaskContext) => Promise<void> | void
    try {
      work = registered.open(task)
    } catch (error) {
      return Promise.resolve(this.#bury(task, error, 0))
    }
    return this.#attempt(task, registered, work, onProgress)
  }

  /** @returns whether the task runs here; then its signal is aborted */
  cancel(id: string): boolean {
    const run = this.#runs.get(id)
    if (!run) return false
    run.cancelled = true
    run.controller.abort(new CodedError('cancelled', `Task ${id} was cancelled.`))
    return true
  }

  /** Resolves when nothing runs. */
  async settled(): Promise<void> {
    if (this.#runs.size === 0) return
    await new Promise<void>(resolve => this.#onEmpty.push(resolve))
  }

  /** Gives back what still runs, and aborts it. */
  release(): void {
    for (const run of [...this.#runs.values()]) {
      run.settle({ type: run.cancelled ? 'cancelled' : 'released' })
      run.controller.abort(new CodedError('unavailable', 'The service is shutting down.'))
    }
  }

  #attempt(
    task: ClaimedTask,
    { attempts, timeoutMs }: Registered,
    work: (context: TaskContext) => Promise<void> | void,
    onProgress: (fraction: number) => void,
  ): Promise<TaskOutcome> {
    const { clock, observe } = this.#deps
    const { service, name, id } = task
    const startedMs = clock.now()
    const { promise, resolve } = Promise.withResolvers<TaskOutcome>()
    const controller = new AbortController()
    let settled = false
    const settle = (outcome: TaskOutcome) => {
      if (settled) return
      settled = true
      clearTimer()
      this.#runs.delete(id)
      resolve(outcome)
      if (this.#runs.size === 0) for (const onEmpty of this.#onEmpty.splice(0)) onEmpty()
    }
    const run: Run = { id, controller, cancelled: false, settle }
    const fail = (error: unknown) => {
      if (settled) return
      if (run.cancelled) settle({ type: 'cancelled' })
      else settle(this.#judge(task, error, attempts, clock.now() - startedMs))
    }
    const clearTimer = clock.after(timeoutMs, () => {
      const error = new CodedError('timeout', `${name} did not finish within ${timeoutMs} ms.`)
      // Settled first: whatever the handler does with its signal, this attempt has failed
      fail(error)
      controller.abort(error)
    })
    this.#runs.set(id, run)

    const context: TaskContext = {
      id: TaskId.parse(id),
      attempt: task.attempt,
      signal: controller.signal,
      progress: fraction => {
        if (!settled) onProgress(Math.min(1, Math.max(0, fraction)))
      },
    }
    runInScope(task.trace, () => work(context)).then(() => {
      if (settled) return
      const waitMs = startedMs - Math.max(task.atMs, task.dueAtMs)
      observe({ type: 'handled', kind: 'task', service, name, waitMs, runMs: clock.now() - startedMs })
      settle({ type: 'done' })
    }, fail)
    return promise
  }

  #judge(task: ClaimedTask, error: unknown, attempts: number, runMs: number): TaskOutcome {
    const { backoff, log, observe } = this.#deps
    const { service, name, id, attempt } = task
    const failures = task.failures + 1
    if (error instanceof PermanentError || failures >= attempts) return this.#bury(task, error, runMs)
    const delayMs = backoffMs(failures, backoff)
    observe({ type: 'failed', kind: 'task', service, name, code: toAppError(error).code, runMs })
    observe({ type: 'retried', kind: 'task', service, name, delayMs })
    log.warn({ task: name, id, attempt, delayMs, err: error }, 'task failed, will run again')
    return { type: 'retry', dueAtMs: this.#deps.clock.now() + delayMs }
  }

  #bury(task: ClaimedTask, error: unknown, runMs: number): TaskOutcome {
    const { log, observe } = this.#deps
    const { service, name, id, attempt } = task
    const shown = toAppError(error)
    observe({ type: 'failed', kind: 'task', service, name, code: shown.code, runMs })
    observe({ type: 'dead', kind: 'task', service, name, code: shown.code })
    log.error({ task: name, id, attempt, err: error }, 'task failed for good')
    return { type: 'dead', error: shown }
  }
}

function nameOf({ service, name }: Pick<TaskContract<never>, 'service' | 'name'>): string {
  return `${service}/${name}`
}
