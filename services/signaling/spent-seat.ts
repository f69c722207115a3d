import { CodedError, type ErrorCode } from '#contracts/errors.ts'

/** What a client is told about a seat that it had: why its session ended, as far as that helps it further. */
export function toSpentError(code: ErrorCode): CodedError {
  if (code === 'meeting-ended') return new CodedError(code, 'This meeting has ended.')
  if (code === 'meeting-full') return new CodedError(code, 'This meeting is full.')
  if (code === 'forbidden') return new CodedError(code, 'You were removed from this meeting.')
  return new CodedError(code, 'This seat is no longer yours. Join again with the link.')
}
