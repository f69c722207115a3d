import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'

test('the system clock does not run a timer of a month at once', async () => {
  let ran = false
  const takeBack = systemClock.after(31 * 24 * 60 * 60 * 1_000, () => {
    ran = true
  })
  await new Promise(resolve => setTimeout(resolve, 5))
  takeBack()
  expect(ran).toBe(false)
})
