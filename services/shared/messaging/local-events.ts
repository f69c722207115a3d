import type { LocalEventContract } from '#contracts/definitions.ts'
import { toParseError } from '#contracts/errors.ts'

/** Facts inside one process: delivered at once, in order, to who listens now. */
export interface LocalEvents {
  /** A listener that throws doesn't keep the others from hearing it. @throws {CodedError} `payload-invalid` */
  emit<P>(contract: LocalEventContract<P>, payload: NoInfer<P>): void
  /** @returns the unsubscribe */
  on<P>(contract: LocalEventContract<P>, listener: (payload: P) => void): () => void
}

export interface LocalEventsOptions {
  /** Hears of listeners that threw. */
  onError?: (name: string, error: unknown) => void
}

export function createLocalEvents({ onError = () => {} }: LocalEventsOptions = {}): LocalEvents {
  const emitter = new ContractEmitter(onError)
  return {
    emit: (contract, payload) => emitter.emit(contract, payload),
    on: (contract, listener) => emitter.on(contract, listener),
  }
}

interface Emittable<P> {
  readonly name: string
  readonly payload: LocalEventContract<P>['payload']
}

/** The synchronous fan-out under local events and hints: parses once, isolates each listener. */
export class ContractEmitter {
  readonly #listeners = new Map<string, Set<(payload: unknown) => void>>()
  readonly #onError: (name: string, error: unknown) => void

  constructor(onError: (name: string, error: unknown) => void) {
    this.#onError = onError
  }

  emit<P>(contract: Emittable<P>, payload: P): void {
    const parsed = contract.payload.safeParse(payload)
    if (!parsed.success) throw toParseError('payload-invalid', parsed.error)
    for (const listener of [...(this.#listeners.get(contract.name) ?? [])]) {
      try {
        listener(parsed.data)
      } catch (error) {
        this.#onError(contract.name, error)
      }
    }
  }

  on<P>(contract: Emittable<P>, listener: (payload: P) => void): () => void {
    // Parsed again where it is heard: the listener's contract gives the type, whoever sent it
    const entry = (payload: unknown) => listener(contract.payload.parse(payload))
    const listeners = this.#listeners.get(contract.name) ?? new Set()
    this.#listeners.set(contract.name, listeners.add(entry))
    return () => {
      listeners.delete(entry)
      if (listeners.size === 0 && this.#listeners.get(contract.name) === listeners)
        this.#listeners.delete(contract.name)
    }
  }
}
