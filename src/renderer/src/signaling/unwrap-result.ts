import { type AppError, CodedError, type Result } from '#contracts/errors.ts'

/** The value of a desktop call. @throws {CodedError} its error */
export function unwrapResult<T>(result: Result<T>): T {
  if (result.ok) return result.value
  throw toCodedError(result.error)
}

/** An error that another process sent, to be thrown here. */
export function toCodedError({ code, message, retryAfterMs }: AppError): CodedError {
  return new CodedError(code, message, retryAfterMs === undefined ? {} : { retryAfterMs })
}
