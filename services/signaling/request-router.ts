import type { z } from 'zod'
import { CodedError, toParseError } from '#contracts/errors.ts'
import type { RequestFrame } from '#contracts/signaling/envelope.ts'
import type { SignalingMethod } from '#contracts/signaling/requests.ts'
import type { AddressLimits, SessionLimits } from './rate-limit.ts'
import type { Session } from './session.ts'
import type { OpeningSocket } from './session-opening.ts'

/** The socket that a request came over. */
export interface Caller extends OpeningSocket {
  readonly address: string
}

/** What a client asked, parsed and ready to run. */
export interface PreparedRequest {
  readonly method: string
  /** What the same socket asks after it waits for it, and the session's notifications follow its reply. */
  readonly opensSession: boolean
  run(caller: Caller): Promise<unknown>
}

interface MethodContract<Q, R> {
  readonly request: z.ZodType<Q>
  readonly reply: z.ZodType<R>
}

/** How one method is answered; built by `forAnyone` and `forSessions`. */
export interface Route {
  readonly access: 'anyone' | 'sessions'
  /** For `anyone`: a success does not count against the address's allowance. */
  readonly successIsFree: boolean
  /** For `sessions`: leaves a task or an event on disk, so it counts against the session's allowance. */
  readonly writesDurably: boolean
  /** @throws {CodedError} `bad-request` */
  prepare(data: unknown): (caller: Caller) => Promise<unknown>
}

export interface RouterLimits {
  addresses: AddressLimits
  sessions: SessionLimits
}

export type Routes = Record<SignalingMethod, Route>

export function forAnyone<Q, R>(
  { request }: MethodContract<Q, R>,
  handler: (request: Q, caller: Caller) => Promise<NoInfer<R>>,
  { successIsFree = true }: { successIsFree?: boolean } = {},
): Route {
  return {
    access: 'anyone',
    successIsFree,
    writesDurably: false,
    prepare: data => {
      const parsed = parse(request, data)
      return caller => handler(parsed, caller)
    },
  }
}

export function forSessions<Q, R>(
  { request }: MethodContract<Q, R>,
  handler: (request: Q, session: Session) => Promise<NoInfer<R>>,
  { writesDurably = false }: { writesDurably?: boolean } = {},
): Route {
  return {
    access: 'sessions',
    successIsFree: true,
    writesDurably,
    prepare: data => {
      const parsed = parse(request, data)
      return async caller => {
        if (!caller.session) throw new CodedError('unauthenticated', 'Join the meeting first.')
        return await handler(parsed, caller.session)
      }
    },
  }
}

/** Finds the route of a request and checks what it carries, before anything runs. */
export class RequestRouter {
  readonly #routes: ReadonlyMap<string, Route>
  readonly #limits: RouterLimits

  constructor(routes: Routes, limits: RouterLimits) {
    this.#routes = new Map(Object.entries(routes))
    this.#limits = limits
  }

  /** @throws {CodedError} `unknown-request`, `bad-request` */
  prepare({ method, data }: RequestFrame): PreparedRequest {
    const route = this.#routes.get(method)
    if (!route) throw new CodedError('unknown-request', 'This server does not know this request. Update the app.')
    const run = route.prepare(data)
    const opensSession = method === 'session.open'
    const { addresses, sessions } = this.#limits
    if (route.access === 'sessions') {
      if (!route.writesDurably) return { method, opensSession, run }
      return {
        method,
        opensSession,
        run: async caller => {
          if (caller.session) sessions.take(caller.session)
          return await run(caller)
        },
      }
    }
    return {
      method,
      opensSession,
      run: async caller => {
        addresses.take(caller.address)
        const reply = await run(caller)
        if (route.successIsFree) addresses.giveBack(caller.address)
        return reply
      },
    }
  }
}

function parse<Q>(schema: z.ZodType<Q>, data: unknown): Q {
  const parsed = schema.safeParse(data)
  if (!parsed.success) throw toParseError('bad-request', parsed.error)
  return parsed.data
}
