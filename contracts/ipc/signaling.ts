import { z } from 'zod'
import { ServerTarget } from '../invite.ts'
import { MAX_FRAME_BYTES } from '../signaling/envelope.ts'
import type { ApiOf } from './definitions.ts'

/**
 * The signaling socket. Main owns it, because only there can the certificate be compared with the invite's pin before
 * a byte is sent; the window sees text frames and has no network of its own beside WebRTC.
 */
export const ConnectionId = z.string().uuid().brand<'ConnectionId'>()
export type ConnectionId = z.infer<typeof ConnectionId>

export const signalingCalls = {
  /** Tries the addresses side by side, keeps the first that answers with the right certificate.
   *  Fails with `server-unreachable` or `server-untrusted`. */
  open: { request: z.object({ server: ServerTarget }), reply: z.object({ connectionId: ConnectionId }) },
  send: { request: z.object({ connectionId: ConnectionId, text: z.string().max(MAX_FRAME_BYTES) }), reply: z.void() },
  close: { request: z.object({ connectionId: ConnectionId }), reply: z.void() },
}
export const signalingEvents = {
  message: z.object({ connectionId: ConnectionId, text: z.string() }),
  /** WebSocket close code (RFC 6455, section 7.4) and reason; 1006 when the network went away. */
  closed: z.object({ connectionId: ConnectionId, code: z.number().int(), reason: z.string() }),
}
export type SignalingApi = ApiOf<typeof signalingCalls, typeof signalingEvents>
