import { z } from 'zod'

/** Every error that leaves a process carries one of these; the renderer turns the code into words. */
export const ErrorCode = z.enum([
  // what was sent is wrong
  'bad-request',
  'unknown-request',
  'message-too-large',
  'rate-limited',
  'payload-invalid',
  'invite-invalid',
  // who sent it
  'unauthenticated',
  'token-invalid',
  'token-expired',
  'forbidden',
  'sender-refused',
  // what it named
  'meeting-unknown',
  'meeting-ended',
  'meeting-full',
  'already-joined',
  'session-unknown',
  'session-replaced',
  'peer-unknown',
  'transport-unknown',
  'producer-unknown',
  'consumer-unknown',
  'cannot-consume',
  'media-rejected',
  'task-unknown',
  'event-unknown',
  'version-unsupported',
  // where it was sent
  'server-unreachable',
  'server-untrusted',
  'connection-lost',
  'services-failed',
  'media-unavailable',
  'unavailable',
  'queue-full',
  'timeout',
  'cancelled',
  'storage-failed',
  'internal',
])
export type ErrorCode = z.infer<typeof ErrorCode>

/** An error as it crosses a process: a code for programs, a sentence a person can act on. */
export const AppError = z.object({
  code: ErrorCode,
  message: z.string().max(500),
  retryAfterMs: z.number().int().nonnegative().optional(),
})
export type AppError = z.infer<typeof AppError>

/** The one error class that carries a code. `cause` stays in the process that threw it. */
export class CodedError extends Error {
  readonly code: ErrorCode
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfterMs?: number } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'CodedError'
    this.code = code
    this.retryAfterMs = options.retryAfterMs
  }
}

/** What may be shown of any thrown value: a coded error as it is, anything else as `internal` without its text. */
export function toAppError(error: unknown): AppError {
  if (error instanceof CodedError) {
    return {
      code: error.code,
      message: error.message.slice(0, 500),
      ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    }
  }
  return { code: 'internal', message: 'Something went wrong inside Parley. Try again; the log has the details.' }
}

/** The first problem of a failed parse as one sentence with its path, e.g. `rtpParameters.codecs: expected array`. */
export function toParseError(code: ErrorCode, error: z.ZodError): CodedError {
  const issue = error.issues[0]
  const where = issue?.path.length ? `${issue.path.join('.')}: ` : ''
  return new CodedError(code, `${where}${issue?.message ?? 'invalid input'}`)
}

/** Outcomes that cross IPC: Electron keeps only an error's message, so replies are values. */
export type Result<T> = { ok: true; value: T } | { ok: false; error: AppError }
