import { expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { VirtualClock } from './virtual-clock.ts'

test('timers run in the order they fall due, each at its own time, also those set meanwhile', () => {
  const clock = new VirtualClock(0)
  const ran: [string, number][] = []
  const note = (name: string) => () => void ran.push([name, clock.now()])
  clock.after(20, note('second'))
  clock.after(10, () => {
    note('first')()
    clock.after(5, note('set meanwhile'))
  })
  const takeBack = clock.after(15, note('taken back'))
  takeBack()
  clock.after(31, note('not yet'))
  clock.advance(30)
  expect(ran).toEqual([
    ['first', 10],
    ['set meanwhile', 15],
    ['second', 20],
  ])
  expect(clock.now()).toBe(30)
})

test('the system clock does not run a timer of a month at once', async () => {
  let ran = false
  const takeBack = systemClock.after(31 * 24 * 60 * 60 * 1_000, () => {
    ran = true
  })
  await new Promise(resolve => setTimeout(resolve, 5))
  takeBack()
  expect(ran).toBe(false)
})
