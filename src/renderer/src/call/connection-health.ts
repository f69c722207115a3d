import type { Connection } from './call-state.ts'
import type { PathHealth } from './transport-mender.ts'

/** Two ways lead to a meeting, the socket and the media path; people are told of one. */
export class ConnectionHealth {
  readonly #onChange: (connection: Connection) => void
  #socketLostAtMs: number | null = null
  #media: PathHealth = 'connecting'
  #brokenAtMs = 0
  #told: Connection = { state: 'connecting' }

  constructor(onChange: (connection: Connection) => void) {
    this.#onChange = onChange
  }

  socketLost(atMs: number): void {
    this.#socketLostAtMs = atMs
    this.#tell()
  }

  socketBack(): void {
    this.#socketLostAtMs = null
    this.#tell()
  }

  media(health: PathHealth): void {
    if (health === 'broken' && this.#media !== 'broken') this.#brokenAtMs = performance.now()
    this.#media = health
    this.#tell()
  }

  #tell(): void {
    const connection = this.#judge()
    const since = (of: Connection) => (of.state === 'reconnecting' ? of.sinceMs : 0)
    if (connection.state === this.#told.state && since(connection) === since(this.#told)) return
    this.#told = connection
    this.#onChange(connection)
  }

  #judge(): Connection {
    const sinceMs = Math.min(
      this.#socketLostAtMs ?? Number.POSITIVE_INFINITY,
      this.#media === 'broken' ? this.#brokenAtMs : Number.POSITIVE_INFINITY,
    )
    if (Number.isFinite(sinceMs)) return { state: 'reconnecting', sinceMs }
    return { state: this.#media === 'connecting' ? 'connecting' : 'connected' }
  }
}
