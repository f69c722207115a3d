import { randomInt } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { createWorker, type types } from 'mediasoup'
import { CodedError } from '#contracts/errors.ts'
import type { Log } from '../shared/log/log.ts'

export interface WorkerPoolOptions {
  /** Addresses of this machine that clients can reach; each is offered as a candidate. */
  listenAddresses: readonly string[]
  /** Worker i listens on port + i, UDP and TCP. 0 chooses free ones. */
  port: number
  /** How many workers; one per core that media may use. */
  count: number
  log: Log
}

/** A worker and the one socket pair per address that all its transports share. */
interface MediaWorker {
  readonly worker: types.Worker
  readonly webRtcServer: types.WebRtcServer
}

interface Slot {
  readonly index: number
  live: MediaWorker | undefined
  routerCount: number
}

export interface PlacedRouter {
  readonly router: types.Router
  /** Of the same worker: the router's WebRTC transports must be opened on it. */
  readonly webRtcServer: types.WebRtcServer
}

const FREE_PORT_ATTEMPTS = 20
const GIVEN_PORT_ATTEMPTS = 4
const GIVEN_PORT_DELAY_MS = 250
const STOP_DEADLINE_MS = 2_000
/** Below the range that systems hand out for outgoing connections. */
const FREE_PORTS = { min: 20_000, max: 32_000 }
const RESTART_DELAYS_MS = [0, 100, 500, 2_000, 5_000] as const
/** A router is wanted while every worker is being replaced: for this long it is worth waiting. */
const WORKER_WAIT_MS = 5_000

/** Keeps a fixed number of mediasoup workers alive, each on its port. A worker that dies is replaced on the same port. */
export class WorkerPool {
  readonly port: number
  readonly #slots: readonly Slot[]
  readonly #options: WorkerPoolOptions
  readonly #waiters = new Set<() => void>()
  readonly #restarts = new Set<NodeJS.Timeout>()
  #closed = false

  /** @throws {CodedError} `media-unavailable` if a worker cannot be started or its port cannot be had */
  static async create(options: WorkerPoolOptions): Promise<WorkerPool> {
    const { port, workers } = await startAll(options)
    const pool = new WorkerPool({ ...options, port }, workers)
    options.log.info({ port, workers: workers.length, addresses: options.listenAddresses }, 'media workers listen')
    return pool
  }

  private constructor(options: WorkerPoolOptions, workers: readonly MediaWorker[]) {
    this.#options = options
    this.port = options.port
    this.#slots = workers.map((_, index) => ({ index, live: undefined, routerCount: 0 }))
    for (const [index, slot] of this.#slots.entries()) this.#adopt(slot, workers[index])
  }

  /** Process ids of the workers that are alive now. */
  get pids(): number[] {
    return this.#slots.flatMap(({ live }) => live?.worker.pid ?? [])
  }

  get size(): number {
    return this.#slots.length
  }

  /**
   * A router on the worker that has the fewest. Its `workerclose` event tells that the worker died.
   * @throws {CodedError} `media-unavailable` if no worker is alive and none came back in time
   */
  async createRouter(mediaCodecs: types.RouterRtpCodecCapability[]): Promise<PlacedRouter> {
    const slot = this.#leastLoaded() ?? (await this.#nextAlive())
    const { live } = slot
    if (!live) throw unavailable()
    slot.routerCount += 1
    try {
      const router = await live.worker.createRouter({ mediaCodecs })
      router.observer.once('close', () => {
        slot.routerCount -= 1
      })
      return { router, webRtcServer: live.webRtcServer }
    } catch (cause) {
      slot.routerCount -= 1
      throw unavailable(cause)
    }
  }

  /** Idempotent. Resolves when the worker processes are gone and their ports free. */
  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    for (const timer of this.#restarts) clearTimeout(timer)
    for (const wake of this.#waiters) wake()
    await Promise.all(this.#slots.map(({ live }) => live && stopWorker(live.worker)))
  }

  #adopt(slot: Slot, live: MediaWorker | undefined): void {
    if (!live || live.worker.closed) {
      this.#restartLater(slot, 0)
      return
    }
    slot.live = live
    live.worker.once('died', error => {
      slot.live = undefined
      this.#options.log.error({ worker: slot.index, pid: live.worker.pid, err: error }, 'media worker died')
      this.#restartLater(slot, 0)
    })
    for (const wake of this.#waiters) wake()
  }

  #restartLater(slot: Slot, attempt: number): void {
    if (this.#closed) return
    const delayMs = RESTART_DELAYS_MS[attempt] ?? RESTART_DELAYS_MS.at(-1)
    const timer = setTimeout(() => {
      this.#restarts.delete(timer)
      void this.#restart(slot, attempt)
    }, delayMs)
    this.#restarts.add(timer)
  }

  async #restart(slot: Slot, attempt: number): Promise<void> {
    const { listenAddresses, log } = this.#options
    try {
      const live = await startWorker(listenAddresses, this.port + slot.index)
      if (this.#closed) return await stopWorker(live.worker)
      this.#adopt(slot, live)
      log.info({ worker: slot.index, pid: live.worker.pid }, 'media worker replaced')
    } catch (error) {
      log.error({ worker: slot.index, attempt, err: error }, 'media worker could not be replaced, will try again')
      this.#restartLater(slot, attempt + 1)
    }
  }

  #leastLoaded(): Slot | undefined {
    const alive = this.#slots.filter(({ live }) => live !== undefined)
    return alive.sort((a, b) => a.routerCount - b.routerCount)[0]
  }

  async #nextAlive(): Promise<Slot> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, WORKER_WAIT_MS)
    this.#waiters.add(resolve)
    await promise
    clearTimeout(timer)
    this.#waiters.delete(resolve)
    const slot = this.#leastLoaded()
    if (!slot || this.#closed) throw unavailable()
    return slot
  }
}

/** With port 0, tries until a run of free ports is found; else tries again only for as long as a predecessor may still be ending. */
async function startAll({ listenAddresses, port, count }: WorkerPoolOptions) {
  for (let attempt = 1; ; attempt += 1) {
    const base = port === 0 ? randomInt(FREE_PORTS.min, FREE_PORTS.max - count) : port
    const started = await Promise.allSettled(
      Array.from({ length: count }, (_, index) => startWorker(listenAddresses, base + index)),
    )
    const workers = started.flatMap(result => (result.status === 'fulfilled' ? [result.value] : []))
    if (workers.length === count) return { port: base, workers }
    await Promise.all(workers.map(({ worker }) => stopWorker(worker)))
    if (attempt >= (port === 0 ? FREE_PORT_ATTEMPTS : GIVEN_PORT_ATTEMPTS)) {
      const sentence = `The media port ${base} could not be opened. Is another program using it?`
      throw new CodedError('media-unavailable', sentence, { cause: started.find(isRejected)?.reason })
    }
    if (port !== 0) await delay(GIVEN_PORT_DELAY_MS)
  }
}

function isRejected(result: PromiseSettledResult<unknown>): result is PromiseRejectedResult {
  return result.status === 'rejected'
}

async function startWorker(listenAddresses: readonly string[], port: number): Promise<MediaWorker> {
  const worker = await createWorker({ logLevel: 'error' })
  try {
    const listenInfos = [...new Set(listenAddresses)].flatMap(ip =>
      (['udp', 'tcp'] as const).map(protocol => ({ protocol, ip, port })),
    )
    return { worker, webRtcServer: await worker.createWebRtcServer({ listenInfos }) }
  } catch (error) {
    await stopWorker(worker)
    throw error
  }
}

async function stopWorker(worker: types.Worker): Promise<void> {
  if (worker.subprocessClosed) return
  const { promise: gone, resolve } = Promise.withResolvers<void>()
  worker.once('subprocessclose', resolve)
  worker.close()
  await Promise.race([gone, delay(STOP_DEADLINE_MS, undefined, { ref: false })])
}

function unavailable(cause?: unknown): CodedError {
  return new CodedError('media-unavailable', 'The media service is restarting. Try again in a moment.', {
    cause,
    retryAfterMs: 1_000,
  })
}
