import type { AppError } from '#contracts/errors.ts'

/** A `CodedError` of the writer thread, which goes without `contracts/errors.ts` because that loads zod. */
export class StoreError extends Error {
  readonly app: AppError

  constructor(app: AppError, options?: { cause: unknown }) {
    super(app.message, options)
    this.name = 'StoreError'
    this.app = app
  }
}
