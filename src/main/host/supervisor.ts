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
/** Nobody is in a meeting then, so there is little to drain. */
const MOVE_DEADLINE_MS = 3_000

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
  /** Addresses of this machine on its networks, now. The services listen on, and invite to, those of their start. */
  networks(): readonly string[]
  /** Whether a window is connected to a meeting, wherever it is. */
  isConnected(): boolean
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
  #moving: Promise<void> | null = null
  /** Those that the services started with. */
  #networks: readonly string[] = []
  /** How often somebody wanted an end. */
  #stops = 0
  readonly #deps: SupervisorDeps

  constructor(deps: SupervisorDeps) {
    this.#deps = deps
    this.#ports = deps.lastPorts
  }

  get status(): HostStatus {
    return this.#status
  }

  /**
   * Starts the services unless they run. Those that run start anew when this machine's addresses have changed and nobody
   * is in a meeting. @throws {CodedError} `services-failed` or what the services said
   */
  async start(): Promise<ServerTarget> {
    if (this.#stopping) await this.#stopping
    if (this.#status.phase === 'running') {
      this.#moving ??= this.#followNetworks().finally(() => {
        this.#moving = null
      })
      await this.#moving
    }
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
    this.#stops++
    this.#stopping ??= this.#stop(deadlineMs).finally(() => {
      this.#stopping = null
    })
    return this.#stopping
  }

  /** @throws {CodedError} `cancelled` if they are to stop for good meanwhile */
  async #followNetworks(): Promise<void> {
    const session = this.#session
    const { networks, isConnected, log } = this.#deps
    const now = networks()
    if (!session || sameAddresses(now, this.#networks)) return
    const stops = this.#stops
    // one that does not answer is not to be disturbed either
    const isLive = isConnected() || (await session.countPeers().catch(() => 1)) > 0
    if (this.#stops !== stops) throw stopped()
    if (this.#session !== session) return
    if (isLive) return log.warn('networks changed, but a meeting goes on: invites keep the old addresses')
    log.info('networks changed, the services start anew', { addresses: now.length })
    this.#stopping ??= this.#stop(MOVE_DEADLINE_MS, { keepMeetings: true }).finally(() => {
      this.#stopping = null
    })
    await this.#stopping
    if (this.#stops !== stops) throw stopped()
  }

  async #stop(deadlineMs: number, options?: { keepMeetings: boolean }): Promise<void> {
    clearTimeout(this.#backoff)
    const session = this.#session
    this.#session = null
    await session?.stop(deadlineMs, options)
    this.#running?.reject(stopped())
    this.#running = null
    this.#change({ phase: 'stopped' })
  }

  #launch(): void {
    this.#networks = this.#deps.networks()
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

const sameAddresses = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every(address => b.includes(address))

const stopped = () => new CodedError('cancelled', 'The meeting services were stopped.')
