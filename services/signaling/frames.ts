import { type AppError, CodedError, toParseError } from '#contracts/errors.ts'
import { MAX_FRAME_BYTES, RequestFrame } from '#contracts/signaling/envelope.ts'
import type { NotificationData, NotificationMethod } from '#contracts/signaling/notifications.ts'

/** What came over the socket: a request, or why it is none, with the id it may be answered under. */
export type ReadFrame = { ok: true; frame: RequestFrame } | { ok: false; id: number | null; error: CodedError }

export function readFrame(bytes: Buffer, isBinary: boolean): ReadFrame {
  if (bytes.length > MAX_FRAME_BYTES) {
    const error = new CodedError('message-too-large', `A message has at most ${MAX_FRAME_BYTES} bytes.`)
    return { ok: false, id: peekId(bytes), error }
  }
  if (isBinary)
    return { ok: false, id: null, error: new CodedError('bad-request', 'Messages are JSON text, not binary.') }
  let json: unknown
  try {
    json = JSON.parse(bytes.toString('utf8'))
  } catch {
    return { ok: false, id: null, error: new CodedError('bad-request', 'The message is not valid JSON.') }
  }
  const parsed = RequestFrame.safeParse(json)
  if (parsed.success) return { ok: true, frame: parsed.data }
  return { ok: false, id: idOf(json), error: toParseError('bad-request', parsed.error) }
}

/** Type and method may stand before the id; once `data` has begun, an id may be anybody's. */
const LEADING_ID = /^\s*\{(?:\s*"(?:type|method)"\s*:\s*"[^"\\]{0,64}"\s*,)*\s*"id"\s*:\s*(\d{1,15})\s*[,}]/

/** The id of a frame that is not worth parsing: too large, or one of a flood. */
export function peekId(bytes: Buffer): number | null {
  const match = LEADING_ID.exec(bytes.subarray(0, 256).toString('latin1'))
  return match?.[1] === undefined ? null : Number(match[1])
}

function idOf(json: unknown): number | null {
  const parsed = RequestFrame.pick({ id: true }).safeParse(json)
  return parsed.success ? parsed.data.id : null
}

export const toReplyFrame = (id: number, data: unknown): string =>
  JSON.stringify({ type: 'response', id, ok: true, data })

/** With an id the error answers that request; without one it stands alone. */
export const toErrorFrame = (id: number | null, error: AppError): string =>
  JSON.stringify(id === null ? { type: 'error', error } : { type: 'response', id, ok: false, error })

export const toNotificationFrame = <M extends NotificationMethod>(method: M, data: NotificationData<M>): string =>
  JSON.stringify({ type: 'notification', method, data })
