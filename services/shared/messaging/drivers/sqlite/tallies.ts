import type { ServiceName } from '#contracts/definitions.ts'

export type TaskState = 'delayed' | 'queued' | 'ready' | 'running' | 'backoff'

/** Where a task counts. */
export interface Counted {
  readonly service: ServiceName
  readonly name: string
  readonly lane: string | null
}

interface Tally {
  readonly service: ServiceName
  readonly name: string
  /** 0 while no handler is registered here. */
  concurrency: number
  ready: number
  running: number
  backoff: number
}

/**
 * Counts of the unfinished tasks, kept in memory so that the usual case (the lane is free, a handler is free, nobody
 * waits before it) is decided without a query.
 */
export class Tallies {
  readonly #names = new Map<string, Tally>()
  readonly #depths = new Map<ServiceName, number>()
  readonly #lanes = new Map<string, number>()

  handle(service: ServiceName, name: string, concurrency: number): void {
    this.#of({ service, name }).concurrency = concurrency
  }

  /** Moves `count` tasks from one state to another; null is outside: not yet there, or ended. */
  move(task: Counted, from: TaskState | null, to: TaskState | null, count = 1): void {
    const tally = this.#of(task)
    this.#add(tally, from, -count)
    this.#add(tally, to, count)
    if (from === null || to === null) {
      this.#depths.set(task.service, this.depthOf(task.service) + (from === null ? count : -count))
    }
    if (task.lane === null) return
    const change = (holdsPlace(to) ? count : 0) - (holdsPlace(from) ? count : 0)
    if (change === 0) return
    const lane = laneKey(task.service, task.lane)
    const size = (this.#lanes.get(lane) ?? 0) + change
    if (size === 0) this.#lanes.delete(lane)
    else this.#lanes.set(lane, size)
  }

  /** Unfinished tasks of a service. */
  depthOf(service: ServiceName): number {
    return this.#depths.get(service) ?? 0
  }

  /** Tasks that have a place in the lane, whatever they wait for. */
  inLane(service: ServiceName, lane: string): number {
    return this.#lanes.get(laneKey(service, lane)) ?? 0
  }

  /** How many more of this task may run now. */
  freeFor({ service, name }: Pick<Counted, 'service' | 'name'>): number {
    const tally = this.#of({ service, name })
    return Math.max(0, tally.concurrency - tally.running)
  }

  readyOf(task: Pick<Counted, 'service' | 'name'>): number {
    return this.#of(task).ready
  }

  /** Tasks that have both a waiting row and a free handler. */
  *claimable(): Iterable<{ service: ServiceName; name: string; count: number }> {
    for (const tally of this.#names.values()) {
      const count = Math.min(tally.ready, tally.concurrency - tally.running)
      if (count > 0) yield { service: tally.service, name: tally.name, count }
    }
  }

  /** Whether nothing that a handler here is for is ready, runs, or waits for its retry. */
  get isIdle(): boolean {
    return [...this.#names.values()].every(
      ({ concurrency, ready, running, backoff }) => running === 0 && (concurrency === 0 || ready + backoff === 0),
    )
  }

  /** Forgets the counts, not the handlers. */
  reset(): void {
    this.#depths.clear()
    this.#lanes.clear()
    for (const tally of this.#names.values()) Object.assign(tally, { ready: 0, running: 0, backoff: 0 })
  }

  #of({ service, name }: Pick<Counted, 'service' | 'name'>): Tally {
    const key = `${service}/${name}`
    const known = this.#names.get(key)
    if (known) return known
    const tally = { service, name, concurrency: 0, ready: 0, running: 0, backoff: 0 }
    this.#names.set(key, tally)
    return tally
  }

  #add(tally: Tally, state: TaskState | null, count: number): void {
    if (state === 'ready' || state === 'running' || state === 'backoff') tally[state] += count
  }
}

/** A delayed task takes its place in the lane when it is due. */
function holdsPlace(state: TaskState | null): boolean {
  return state !== null && state !== 'delayed'
}

function laneKey(service: ServiceName, lane: string): string {
  return `${service}/${lane}`
}
