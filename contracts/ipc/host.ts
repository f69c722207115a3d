import { z } from 'zod'
import { AppError } from '../errors.ts'
import { MeetingCode } from '../ids.ts'
import { ServerTarget } from '../invite.ts'
import type { ApiOf } from './definitions.ts'

/** The services that this app runs itself, in a utility process. */
export const HostStatus = z.discriminatedUnion('phase', [
  z.object({ phase: z.literal('stopped') }),
  z.object({ phase: z.literal('starting') }),
  z.object({ phase: z.literal('running'), server: ServerTarget }),
  /** It died and is being started again on the same port. */
  z.object({ phase: z.literal('restarting'), attempt: z.number().int() }),
  z.object({ phase: z.literal('failed'), error: AppError }),
])
export type HostStatus = z.infer<typeof HostStatus>

export const hostCalls = {
  /** Starts the services unless they run. `server` is how this app and others on the network reach them. */
  start: { request: z.void(), reply: z.object({ server: ServerTarget, ownerToken: z.string() }) },
  status: { request: z.void(), reply: HostStatus },
  stop: { request: z.void(), reply: z.void() },
  /** A fresh owner token if the services run here and the code belongs to one of this app's own meetings, else null. */
  ownerToken: { request: z.object({ code: MeetingCode }), reply: z.object({ ownerToken: z.string().nullable() }) },
}
export const hostEvents = { statusChanged: HostStatus }
export type HostApi = ApiOf<typeof hostCalls, typeof hostEvents>
