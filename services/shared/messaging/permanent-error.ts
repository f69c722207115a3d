import { CodedError, type ErrorCode } from '#contracts/errors.ts'

/** Running the task again can't help: it becomes a dead letter at once. */
export class PermanentError extends CodedError {
  constructor(code: ErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(code, message, options)
    this.name = 'PermanentError'
  }
}
