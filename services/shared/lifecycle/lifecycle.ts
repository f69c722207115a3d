import { CodedError } from '#contracts/errors.ts'
import type { Log } from '../log/log.ts'

/** Something that is started once and stopped once. What `start` returns is handed to `stop`. */
export interface Part<T> {
  readonly name: string
  start(): Promise<T> | T
  stop?(started: T): Promise<void> | void
  /** Whether it does its work now; while it does not, its state is `failed`. It does unless told. */
  works?(started: T): boolean
  /** How long `stop` may take before the next part's turn comes anyway. 5,000 ms unless told. */
  stopDeadlineMs?: number
}

export type PartState = 'starting' | 'running' | 'failed' | 'stopping' | 'stopped'

export interface Lifecycle {
  /**
   * Starts one part after those before it. If it fails, all that was started is stopped in reverse, then it throws.
   * @throws {CodedError} `cancelled` when `stop` was called before or meanwhile
   */
  start<T>(part: Part<T>): Promise<T>
  /** Stops in reverse order, each part within its deadline; one that fails or hangs does not keep the others. Idempotent. */
  stop(): Promise<void>
  states(): { name: string; state: PartState }[]
}

const DEFAULT_STOP_DEADLINE_MS = 5_000

interface Entry {
  name: string
  state: PartState
  stop(): Promise<void>
  works(): boolean
  stopDeadlineMs: number
}

export function createLifecycle({ log }: { log: Log }): Lifecycle {
  const entries: Entry[] = []
  let stopping: Promise<void> | null = null
  let starting: Promise<unknown> = Promise.resolve()

  async function start<T>(part: Part<T>): Promise<T> {
    if (stopping) throw cancelled(part.name)
    const entry: Entry = {
      name: part.name,
      state: 'starting',
      stop: async () => {},
      works: () => true,
      stopDeadlineMs: part.stopDeadlineMs ?? DEFAULT_STOP_DEADLINE_MS,
    }
    entries.push(entry)
    const begunMs = performance.now()
    try {
      const started = await part.start()
      entry.stop = async () => part.stop?.(started)
      entry.works = () => part.works?.(started) ?? true
      entry.state = 'running'
      log.info({ part: part.name, tookMs: Math.round(performance.now() - begunMs) }, 'started')
      return started
    } catch (error) {
      entry.state = 'failed'
      log.error({ part: part.name, err: error }, 'could not start')
      throw error
    }
  }

  async function stopAll(): Promise<void> {
    await starting.catch(() => {})
    for (const entry of entries.toReversed()) {
      if (entry.state !== 'running') continue
      entry.state = 'stopping'
      const begunMs = performance.now()
      try {
        await within(entry.stopDeadlineMs, entry.stop())
        log.info({ part: entry.name, tookMs: Math.round(performance.now() - begunMs) }, 'stopped')
      } catch (error) {
        log.error({ part: entry.name, err: error }, 'did not stop cleanly')
      }
      entry.state = 'stopped'
    }
  }

  const stop = () => {
    stopping ??= stopAll()
    return stopping
  }

  return {
    async start(part) {
      const attempt = start(part)
      starting = attempt
      try {
        const started = await attempt
        if (stopping) throw cancelled(part.name)
        return started
      } catch (error) {
        await stop()
        throw error
      }
    },
    stop,
    states: () =>
      entries.map(({ name, state, works }) => ({ name, state: state === 'running' && !works() ? 'failed' : state })),
  }
}

const cancelled = (part: string) => new CodedError('cancelled', `Stopped while ${part} was starting.`)

async function within(deadlineMs: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CodedError('timeout', `Not done after ${deadlineMs} ms.`)), deadlineMs)
  })
  try {
    await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
