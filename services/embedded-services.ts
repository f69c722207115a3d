import { type FromServices, ToServices } from '#contracts/embedded.ts'
import { CodedError, toAppError } from '#contracts/errors.ts'
import type { EndReason } from '#contracts/meeting.ts'
import type { EmbeddedPort } from './embedded-port.ts'
import { type Config, readConfig } from './shared/config/config.ts'
import type { Log } from './shared/log/log.ts'
import { type Server, startServer } from './start-server.ts'

type Message<T extends ToServices['type']> = Extract<ToServices, { type: T }>

type State =
  | { phase: 'idle' }
  | { phase: 'starting'; abort: AbortController; started: Promise<void> }
  | { phase: 'running'; server: Server }
  | { phase: 'stopping' }

export interface EmbeddedDeps {
  port: EmbeddedPort
  /** Names no service yet. */
  log: Log
  env: Readonly<Record<string, string | undefined>>
  exit: (code: number) => void
}

interface StopOptions {
  exitCode: number
  endMeetings?: EndReason
}

const QUIT: StopOptions = { exitCode: 0, endMeetings: 'host-quit' }
const PAUSE: StopOptions = { exitCode: 0 }
const ORPHAN_STOP_DEADLINE_MS = 5_000

/** The services inside the app: does what the app's main process says (contracts/embedded.ts), and ends with it. */
export class EmbeddedServices {
  readonly #deps: EmbeddedDeps
  readonly #log: Log
  #state: State = { phase: 'idle' }

  constructor(deps: EmbeddedDeps) {
    this.#deps = deps
    this.#log = deps.log.child({ service: 'embedded' })
    deps.port.onMessage(message => this.#receive(message))
    deps.port.onClose(() => {
      this.#log.warn('the app is gone, stopping')
      this.terminate()
    })
  }

  /** Stops without having been told by the app. */
  terminate(): void {
    void this.#stop(ORPHAN_STOP_DEADLINE_MS, QUIT)
  }

  /** After an error that nobody expected: tells the app, frees what can be freed, and ends with code 1. */
  async fail(error: unknown): Promise<void> {
    this.#log.fatal({ err: error }, 'unexpected error')
    void this.#send({ type: 'failed', error: toAppError(error) })
    // Meetings go on: the app starts these services again, and clients come back
    await this.#stop(ORPHAN_STOP_DEADLINE_MS, { exitCode: 1 })
  }

  #receive(message: unknown): void {
    const parsed = ToServices.safeParse(message)
    if (!parsed.success) return void this.#log.error('a message of the app could not be read')
    switch (parsed.data.type) {
      case 'start':
        return void this.#start(parsed.data)
      case 'ping':
        return void this.#send({ type: 'pong', id: parsed.data.id })
      case 'mint-owner-token':
        return void this.#mintOwnerToken(parsed.data)
      case 'count-peers':
        return void this.#countPeers(parsed.data)
      case 'stop':
        return void this.#stop(parsed.data.deadlineMs, parsed.data.keepMeetings ? PAUSE : QUIT)
    }
  }

  async #start(message: Message<'start'>): Promise<void> {
    if (this.#state.phase === 'running') return this.#sendReady(this.#state.server)
    if (this.#state.phase !== 'idle') return
    const abort = new AbortController()
    const { promise: started, resolve } = Promise.withResolvers<void>()
    this.#state = { phase: 'starting', abort, started }
    try {
      const server = await startServer(this.#toConfig(message), { log: this.#deps.log, signal: abort.signal })
      if (abort.signal.aborted) return await server.stop()
      this.#state = { phase: 'running', server }
      this.#sendReady(server)
    } catch (error) {
      if (abort.signal.aborted) return
      this.#state = { phase: 'idle' }
      const shown =
        error instanceof CodedError ? error : new CodedError('services-failed', 'The meeting services could not start.')
      await this.#send({ type: 'failed', error: toAppError(shown) })
      this.#deps.exit(1)
    } finally {
      resolve()
    }
  }

  /** What the app does not say comes from the environment, as for a server alone. */
  #toConfig({ dataDir, port, mediaPort }: Message<'start'>): Config {
    const { config } = readConfig({ env: this.#deps.env, argv: [] })
    return { ...config, dataDir, port, mediaPort, only: [], mediaWorkers: 1 }
  }

  #sendReady({ target, mediaPort }: Server): void {
    void this.#send({ type: 'ready', server: target, mediaPort: mediaPort ?? 0 })
  }

  async #mintOwnerToken({ id }: Message<'mint-owner-token'>): Promise<void> {
    if (this.#state.phase === 'starting') await this.#state.started
    if (this.#state.phase !== 'running') return this.#log.warn('no owner token while the services do not run')
    const { token } = await this.#state.server.mintOwnerToken()
    await this.#send({ type: 'owner-token', id, ownerToken: token })
  }

  async #countPeers({ id }: Message<'count-peers'>): Promise<void> {
    if (this.#state.phase !== 'running') return
    await this.#send({ type: 'peers', id, present: await this.#state.server.countPeers() })
  }

  async #stop(deadlineMs: number, { exitCode, ...options }: StopOptions): Promise<void> {
    const before = this.#state
    if (before.phase === 'stopping') return
    this.#state = { phase: 'stopping' }
    const timer = setTimeout(() => {
      this.#log.error({ deadlineMs }, 'stopping took too long')
      this.#deps.exit(1)
    }, deadlineMs)
    if (before.phase === 'starting') {
      before.abort.abort()
      await before.started
    }
    if (before.phase === 'running') await before.server.stop({ ...options, deadlineMs })
    clearTimeout(timer)
    await this.#send({ type: 'stopped' })
    this.#deps.exit(exitCode)
  }

  #send(message: FromServices): Promise<void> {
    return this.#deps.port.send(message)
  }
}
