import { z } from 'zod'
import { AppError } from '../errors.ts'

/** Frames of the signaling socket: JSON text, one frame a message. */
export const MAX_FRAME_BYTES = 64 * 1024

/** Bytes at which the socket itself hangs up (close code 1009) instead of answering with `message-too-large`. */
export const MAX_SOCKET_BYTES = 1024 * 1024

/**
 * Each side pings at this interval. The socket is lost to the server at the third ping that would be due while two in a row
 * are unanswered, to the app when nothing at all came for three intervals.
 */
export const PING_INTERVAL_MS = 5_000

/** A client that comes back within this time keeps its seat. */
export const RESUME_WINDOW_MS = 30_000

export const RequestFrame = z.object({
  type: z.literal('request'),
  id: z.number().int().nonnegative(),
  method: z.string().min(1).max(64),
  data: z.unknown(),
})
export type RequestFrame = z.infer<typeof RequestFrame>

export const ResponseFrame = z.discriminatedUnion('ok', [
  z.object({ type: z.literal('response'), id: z.number().int(), ok: z.literal(true), data: z.unknown() }),
  z.object({ type: z.literal('response'), id: z.number().int(), ok: z.literal(false), error: AppError }),
])
export type ResponseFrame = z.infer<typeof ResponseFrame>

export const NotificationFrame = z.object({
  type: z.literal('notification'),
  method: z.string().min(1).max(64),
  data: z.unknown(),
})
export type NotificationFrame = z.infer<typeof NotificationFrame>

/** An error that answers no request: the frame could not be read far enough to find its id. */
export const ErrorFrame = z.object({ type: z.literal('error'), error: AppError })
export type ErrorFrame = z.infer<typeof ErrorFrame>

export const ServerFrame = z.union([ResponseFrame, NotificationFrame, ErrorFrame])
export type ServerFrame = z.infer<typeof ServerFrame>
