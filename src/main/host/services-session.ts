import { FromServices, type ToServices } from '#contracts/embedded.ts'
import { CodedError } from '#contracts/errors.ts'
import type { Log } from '../app/log.ts'
import type { ServicesProcess } from './services-process.ts'

const PING_INTERVAL_MS = 5_000
const MISSED_PINGS = 3
/** From fork to `ready`: a cold disk and four services, with room. */
const READY_TIMEOUT_MS = 30_000
/** From its last word to its end. */
const EXIT_GRACE_MS = 2_000
const ANSWER_TIMEOUT_MS = 5_000

export type Ready = Extract<FromServices, { type: 'ready' }>

/** How a services process ended. `error` is what it said about it, or what we know. */
export interface Ending {
  wasReady: boolean
  error: CodedError
  /** It said by itself why it cannot go on, so that starting it again right away would end the same way. */
  explained: boolean
}

/** The life of one services process: started, ready, pinged, and ended once. */
export class ServicesSession {
  readonly ready: Promise<Ready>
  readonly ended: Promise<Ending>
  /** Whoever waits for an answer of the process, by its question's id. */
  readonly #asked = new Map<number, PromiseWithResolvers<FromServices>>()
  readonly #process: ServicesProcess
  #unanswered = 0
  #nextId = 1

  constructor(process: ServicesProcess, start: Extract<ToServices, { type: 'start' }>, log: Log) {
    this.#process = process
    const ready = Promise.withResolvers<Ready>()
    const ended = Promise.withResolvers<Ending>()
    this.ready = ready.promise
    this.ended = ended.promise
    // whoever waits for `ended` hears of it there
    ready.promise.catch(() => {})

    let wasReady = false
    let reason: CodedError | undefined
    let explained = false
    let pinging: NodeJS.Timeout | undefined
    const giveUp = (message: string) => {
      log.warn('services killed', { reason: message })
      reason = failed(message)
      process.kill()
    }
    let late = setTimeout(() => giveUp('The meeting services did not start in time.'), READY_TIMEOUT_MS)

    process.onMessage(raw => {
      const parsed = FromServices.safeParse(raw)
      if (!parsed.success) return log.warn('services said something unknown', { error: parsed.error })
      const message = parsed.data
      switch (message.type) {
        case 'ready':
          clearTimeout(late)
          wasReady = true
          pinging ??= setInterval(() => {
            if (this.#unanswered++ >= MISSED_PINGS) giveUp('The meeting services stopped answering.')
            else this.#send({ type: 'ping', id: this.#nextId++ })
          }, PING_INTERVAL_MS)
          return ready.resolve(message)
        case 'pong':
          this.#unanswered = 0
          return
        case 'owner-token':
        case 'peers':
          this.#asked.get(message.id)?.resolve(message)
          return
        case 'failed':
          reason = new CodedError(message.error.code, message.error.message)
          explained = true
          // it closes what it had opened and goes; should it hang, it goes anyway
          clearTimeout(late)
          late = setTimeout(() => process.kill(), EXIT_GRACE_MS)
          return
        case 'stopped':
          return
      }
    })
    process.onExit(code => {
      clearTimeout(late)
      clearInterval(pinging)
      const error = reason ?? failed(`The meeting services ended unexpectedly (exit code ${code ?? 'none'}).`)
      ready.reject(error)
      for (const answer of this.#asked.values()) answer.reject(error)
      ended.resolve({ wasReady, error, explained })
    })
    this.#send(start)
  }

  /** @throws {CodedError} `services-failed` if the process ends first, `timeout` */
  async mintOwnerToken(): Promise<string> {
    const answer = await this.#ask('mint-owner-token')
    return answer.type === 'owner-token' ? answer.ownerToken : raise(unexpected())
  }

  /** How many people are in the meetings here. @throws {CodedError} as `mintOwnerToken` does */
  async countPeers(): Promise<number> {
    const answer = await this.#ask('count-peers')
    return answer.type === 'peers' ? answer.present : raise(unexpected())
  }

  /**
   * Lets the meetings end, or keeps them for the next start, and the services drain; kills what is left at the deadline.
   * Resolves when the process is gone.
   */
  async stop(deadlineMs: number, { keepMeetings = false } = {}): Promise<void> {
    this.#send({ type: 'stop', deadlineMs, keepMeetings })
    const late = setTimeout(() => this.#process.kill(), deadlineMs + 500)
    await this.ended
    clearTimeout(late)
  }

  async #ask(type: 'mint-owner-token' | 'count-peers'): Promise<FromServices> {
    const id = this.#nextId++
    const answer = Promise.withResolvers<FromServices>()
    this.#asked.set(id, answer)
    const slow = setTimeout(
      () => answer.reject(new CodedError('timeout', 'The meeting services took too long to answer. Try again.')),
      ANSWER_TIMEOUT_MS,
    )
    try {
      this.#send({ type, id })
      return await answer.promise
    } finally {
      clearTimeout(slow)
      this.#asked.delete(id)
    }
  }

  #send(message: ToServices): void {
    this.#process.send(message)
  }
}

const unexpected = () => failed('The meeting services answered something else.')

function raise(error: CodedError): never {
  throw error
}

const failed = (message: string) => new CodedError('services-failed', `${message} Try again; the log has the details.`)
