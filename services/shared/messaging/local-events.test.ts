import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineLocalEvent } from '#contracts/definitions.ts'
import { createLocalEvents } from './local-events.ts'

const Opened = defineLocalEvent('opened', z.object({ n: z.number() }))
const Closed = defineLocalEvent('closed', z.object({ n: z.number() }))

test('a local event is heard at once by who listens to it, until they stop', () => {
  const events = createLocalEvents()
  const heard: number[] = []
  const off = events.on(Opened, ({ n }) => void heard.push(n))
  events.on(Opened, ({ n }) => void heard.push(n * 10))
  events.on(Closed, () => void heard.push(-1))
  events.emit(Opened, { n: 1 })
  off()
  off()
  events.emit(Opened, { n: 2 })
  expect(heard).toEqual([1, 10, 20])
})

test('a listener that throws is reported and keeps nobody else from hearing', () => {
  const errors: unknown[] = []
  const events = createLocalEvents({ onError: (name, error) => void errors.push([name, error]) })
  const heard: number[] = []
  const broken = new Error('broken')
  events.on(Opened, () => {
    throw broken
  })
  events.on(Opened, ({ n }) => void heard.push(n))
  events.emit(Opened, { n: 1 })
  expect(heard).toEqual([1])
  expect(errors).toEqual([['opened', broken]])
})

test('who starts or stops listening during an event does not change who hears it', () => {
  const events = createLocalEvents()
  const heard: string[] = []
  const offs = [
    events.on(Opened, () => {
      heard.push('first')
      for (const off of offs) off()
      events.on(Opened, () => void heard.push('late'))
    }),
    events.on(Opened, () => void heard.push('second')),
  ]
  events.emit(Opened, { n: 1 })
  expect(heard).toEqual(['first', 'second'])
  events.emit(Opened, { n: 2 })
  expect(heard).toEqual(['first', 'second', 'late'])
})

test('a fact that breaks its schema is not told', () => {
  const events = createLocalEvents()
  // @ts-expect-error the point of the test
  expect(() => events.emit(Opened, { n: '1' })).toThrow(expect.objectContaining({ code: 'payload-invalid' }))
})
