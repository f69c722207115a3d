import { z } from 'zod'
import { ErrorCode } from './errors.ts'
import { TaskId } from './ids.ts'

export const ServiceName = z.enum(['ai', 'meeting', 'media', 'signaling'])
export type ServiceName = z.infer<typeof ServiceName>

export const Channel = z.enum(['ai_events', 'meeting_events', 'media_events', 'signaling_events'])
export type Channel = z.infer<typeof Channel>

/** Durable work for one service. With `laneOf`, tasks of one lane are handled one at a time, in the order enqueued. */
export interface TaskContract<P> {
  readonly kind: 'task'
  readonly name: string
  readonly version: number
  readonly service: ServiceName
  readonly payload: z.ZodType<P>
  readonly laneOf?: (payload: P) => string
}

/** A published fact on a service's channel; every subscribing service sees it at least once. */
export interface EventContract<P> {
  readonly kind: 'event'
  readonly name: string
  readonly version: number
  readonly channel: Channel
  readonly payload: z.ZodType<P>
}

/** A question one service asks another and waits for: volatile, with a deadline. */
export interface RequestContract<Q, R> {
  readonly kind: 'request'
  readonly name: string
  readonly service: ServiceName
  readonly request: z.ZodType<Q>
  readonly reply: z.ZodType<R>
}

/** News that may be lost without harm because newer news follows: levels, typing, mute badges. */
export interface HintContract<P> {
  readonly kind: 'hint'
  readonly name: string
  readonly payload: z.ZodType<P>
}

/** A fact inside one process, never on a wire. */
export interface LocalEventContract<P> {
  readonly kind: 'local'
  readonly name: string
  readonly payload: z.ZodType<P>
}

export function declareTask<P>(
  service: ServiceName,
  name: string,
  version: number,
  payload: z.ZodType<P>,
  options: { laneOf?: (payload: P) => string } = {},
): TaskContract<P> {
  return { kind: 'task', service, name, version, payload, ...options }
}

export function defineEvent<P>(
  channel: Channel,
  name: string,
  version: number,
  payload: z.ZodType<P>,
): EventContract<P> {
  return { kind: 'event', channel, name, version, payload }
}

export function defineRequest<Q, R>(
  service: ServiceName,
  name: string,
  { request, reply }: { request: z.ZodType<Q>; reply: z.ZodType<R> },
): RequestContract<Q, R> {
  return { kind: 'request', service, name, request, reply }
}

export function defineHint<P>(name: string, payload: z.ZodType<P>): HintContract<P> {
  return { kind: 'hint', name, payload }
}

export function defineLocalEvent<P>(name: string, payload: z.ZodType<P>): LocalEventContract<P> {
  return { kind: 'local', name, payload }
}

/** `<task>.failed`: published on the service's channel when a task ends for good in failure, so nobody waits for ever. */
export function failedEventOf<P>(task: TaskContract<P>) {
  return defineEvent(
    `${task.service}_events`,
    `${task.name}.failed`,
    1,
    z.object({ taskId: TaskId, code: ErrorCode, message: z.string(), payload: task.payload }),
  )
}
