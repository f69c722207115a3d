// What a person sees of the set-up: one line when a step begins, one when it ended, a sentence when it failed.

/** A failure with a sentence that says what to do; printed without a stack. */
export class SetUpError extends Error {
  /** @override */
  name = 'SetUpError'
}

/** @param {number} sinceMs a `performance.now()` */
export const elapsed = sinceMs => `${((performance.now() - sinceMs) / 1000).toFixed(1)} s`

/** @param {string} text */
export const say = text => console.log(`set-up: ${text}`)

/**
 * @template T
 * @param {string} doing e.g. `packages: npm ci`
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(doing, work) {
  const began = performance.now()
  const [name] = doing.split(':')
  say(`${doing} …`)
  try {
    const result = await work()
    say(`${name}: done in ${elapsed(began)}`)
    return result
  } catch (error) {
    say(`${name}: failed after ${elapsed(began)}`)
    throw error
  }
}
