import { CodedError } from '#contracts/errors.ts'

/** What everything that waits throws once nobody wants its result any more. */
export const cancelled = () => new CodedError('cancelled', 'This was cancelled.')

export function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled()
}

/** The promise, or `cancelled` as soon as the signal aborts. What comes late goes to `onLate`, to be closed. */
export function orCancelled<T>(
  signal: AbortSignal,
  promise: Promise<T>,
  onLate: (value: T) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(cancelled())
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
    promise.then(
      value => {
        signal.removeEventListener('abort', onAbort)
        if (signal.aborted) onLate(value)
        else resolve(value)
      },
      error => {
        signal.removeEventListener('abort', onAbort)
        reject(error)
      },
    )
  })
}
