import { z } from 'zod'
import { AppError } from './errors.ts'
import { ServerTarget } from './invite.ts'

/** What the app's main process and its services process tell each other over the utility process's message port. */
export const ToServices = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('start'),
    /** Holds keys, records and the messaging file. */
    dataDir: z.string(),
    /** 0 lets the system choose; after a restart it is the port the invites already name. */
    port: z.number().int().min(0).max(65_535),
    mediaPort: z.number().int().min(0).max(65_535),
  }),
  z.object({ type: z.literal('ping'), id: z.number().int() }),
  z.object({ type: z.literal('mint-owner-token'), id: z.number().int() }),
  z.object({ type: z.literal('count-peers'), id: z.number().int() }),
  /** Ends the live meetings (or keeps them for the next start), drains and exits. */
  z.object({
    type: z.literal('stop'),
    deadlineMs: z.number().int().positive(),
    keepMeetings: z.boolean().optional(),
  }),
])
export type ToServices = z.infer<typeof ToServices>

export const FromServices = z.discriminatedUnion('type', [
  z.object({ type: z.literal('ready'), server: ServerTarget, mediaPort: z.number().int() }),
  z.object({ type: z.literal('pong'), id: z.number().int() }),
  z.object({ type: z.literal('owner-token'), id: z.number().int(), ownerToken: z.string() }),
  /** How many people are in the meetings here. */
  z.object({ type: z.literal('peers'), id: z.number().int(), present: z.number().int().nonnegative() }),
  z.object({ type: z.literal('failed'), error: AppError }),
  z.object({ type: z.literal('stopped') }),
])
export type FromServices = z.infer<typeof FromServices>
