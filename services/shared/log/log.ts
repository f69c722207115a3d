import { type DestinationStream, type Logger, pino } from 'pino'
import { ErrorCode } from '#contracts/errors.ts'

/**
 * Structured logs: one JSON line each. Ids go into fields; tokens, meeting codes and names go nowhere. Should one slip
 * into a field under its usual name, it is cut out here, at the top level and one level down.
 */
export type Log = Logger

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LogOptions {
  level: LogLevel
  /** Which part speaks. Left out for a log whose children say so themselves, for a field can't be said twice. */
  service?: string
  /** Standard output unless told. */
  destination?: DestinationStream
}

const SECRET_FIELDS = [
  'token',
  'ownerToken',
  'grant',
  'resumeKey',
  'code',
  'meetingCode',
  'invite',
  'link',
  'displayName',
  'title',
  'password',
  'privateKey',
  'authorization',
] as const

const redactedPaths = SECRET_FIELDS.flatMap(field => [field, `*.${field}`])

export function createLog({ level, service, destination }: LogOptions): Log {
  const options = {
    level,
    base: service === undefined ? null : { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: toLoggableError, error: toLoggableError },
    redact: { paths: redactedPaths, censor },
  }
  return destination ? pino(options, destination) : pino(options)
}

/** A `code` may be a meeting's, which is a secret, or an error's or a socket's, which are not. */
function censor(value: unknown, path: string[]): unknown {
  const isOurs = path.at(-1) === 'code' && (typeof value === 'number' || ErrorCode.safeParse(value).success)
  return isOurs ? value : '[redacted]'
}

/** What a log keeps of an error. */
function toLoggableError(error: unknown): unknown {
  if (!(error instanceof Error)) return { message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code } : {}
  const cause = error.cause === undefined ? {} : { cause: toLoggableError(error.cause) }
  return { type: error.name, message: error.message, ...code, stack: error.stack, ...cause }
}
