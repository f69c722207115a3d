import { z } from 'zod'
import { CodedError, toAppError } from '#contracts/errors.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import type { HostStatus } from '#contracts/ipc/host.ts'
import type { Log } from '../app/log.ts'
import type { ForkServices } from './services-process.ts'
import { ServicesSession } from './services-session.ts'

const FIRST_BACKOFF_MS = 250
const MAX_BACKOFF_MS = 5_000
const MAX_CRASHES = 5
const CRASH_WINDOW_MS = 60_000

/** The ports that invites name. 0 lets the system choose. */
export const Ports = z.object({
  port: z.number().int().min(0).max(65_535),
  mediaPort: z.number().int().min(0).max(65_535),
})
export type Ports = z.infer<typeof Ports>

export interface SupervisorDeps {
  fork: ForkServices
  dataDir: string
  /** Where the services listened last time, so that links sent out then still lead here. */
  lastPorts: Ports
  onPorts(ports: Ports): void
  onStatus(status: HostStatus): void
  log: Log
}

/** Keeps the services of this app running once they are wanted, on the same ports, until they are stopped. */
export class Supervisor {
  #status: HostStatus = { phase: 'stopped' }
  #session: ServicesSession | null = null
  #ports: Ports
  #crashes: number[] = []
  #backoff: NodeJS.Timeout | undefined
  /** Resolves with the server when running, rejects when failed or stopped first. */
  #running: PromiseWithResolvers<ServerTarget> | null = null
  #stopping: Promise<void> | null = null
  readonly #deps: SupervisorDeps

  constructor(deps: SupervisorDeps) {
    this.#deps = deps
    this.#ports = deps.lastPorts
  }

  get status(): HostStatus {
    return this.#status
  }

  /** Starts the services unless they run. @throws {CodedError} `services-failed` or what the services said */
  async start(): Promise<ServerTarget> {
    if (this.#stopping) await this.#stopping
    if (this.#status.phase === 'running') return this.#status.server
    if (!this.#running) {
      this.#running = Promise.withResolvers()
      this.#running.promise.catch(() => {})
      this.#crashes = []
      this.#change({ phase: 'starting' })
      this.#launch()
    }
    return this.#running.promise
  }

  /** @throws {CodedError} `services-failed`, `timeout` */
  async mintOwnerToken(): Promise<string> {
    await this.start()
    if (!this.#session) throw stopped()
    return this.#session.mintOwnerToken()
  }

  /** Idempotent. */
  stop(deadlineMs: number): Promise<void> {
    this.#stopping ??= this.#stop(deadlineMs).finally(() => {
      this.#stopping = null
    })
    return this.#stopping
  }

  async #stop(deadlineMs: number): Promise<void> {
    clearTimeout(this.#backoff)
    const session = this.#session
    this.#session = null
    await session?.stop(deadlineMs)
    this.#running?.reject(stopped())
    this.#running = null
    this.#change({ phase: 'stopped' })
  }

  #launch(): void {
    const session = new ServicesSession(
      this.#deps.fork(),
      { type: 'start', dataDir: this.#deps.dataDir, ...this.#ports },
      this.#deps.log,
    )
    this.#session = session
    const isCurrent = () => this.#session === session
    session.ready.then(
      ({ server, mediaPort }) => isCurrent() && this.#ready(server, mediaPort),
      () => {},
    )
    void session.ended.then(({ wasReady, error, explained }) => {
      if (isCurrent()) this.#ended(error, explained && !wasReady)
    })
  }

  #ready(server: ServerTarget, mediaPort: number): void {
    this.#ports = { port: server.addresses[0]?.port ?? 0, mediaPort }
    this.#deps.onPorts(this.#ports)
    this.#deps.log.info('services ready', { ...this.#ports })
    this.#change({ phase: 'running', server })
    this.#running?.resolve(server)
    this.#running = null
  }

  #ended(error: CodedError, explained: boolean): void {
    this.#session = null
    this.#running ??= Promise.withResolvers()
    this.#running.promise.catch(() => {})
    const now = Date.now()
    this.#crashes = [...this.#crashes.filter(at => now - at < CRASH_WINDOW_MS), now]
    this.#deps.log.warn('services ended', { crashes: this.#crashes.length, error })
    const starting = this.#status.phase === 'starting'
    if (starting && explained && (this.#ports.port !== 0 || this.#ports.mediaPort !== 0)) {
      // somebody else may have the ports of last time: old links break, but new meetings work
      this.#ports = { port: 0, mediaPort: 0 }
      this.#launch()
      return
    }
    if ((starting && explained) || this.#crashes.length >= MAX_CRASHES) {
      this.#running.reject(error)
      this.#running = null
      this.#change({ phase: 'failed', error: toAppError(error) })
      return
    }
    const attempt = this.#crashes.length
    this.#change({ phase: 'restarting', attempt })
    this.#backoff = setTimeout(() => this.#launch(), Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (attempt - 1)))
  }

  #change(status: HostStatus): void {
    this.#status = status
    this.#deps.log.info('host status', { phase: status.phase })
    this.#deps.onStatus(status)
  }
}

const stopped = () => new CodedError('cancelled', 'The meeting services were stopped.')
