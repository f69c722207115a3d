import { expect, test } from 'vitest'
import { toInitials, toTone } from './initials.ts'

test.each([
  ['Ada Lovelace', 'AL'],
  ['  grace   brewster murray hopper ', 'GH'],
  ['Plato', 'P'],
  ['王小明', '小明'],
  ['陈静', '陈静'],
  ['李 雷', '李'],
  ['👩‍🚀 Sally', '👩‍🚀S'],
  ['', ''],
  ['   ', ''],
])('the initials of %j are %j', (name, initials) => {
  expect(toInitials(name)).toBe(initials)
})

test('a name always has the same tone, and names differ in tone', () => {
  expect(toTone('Ada')).toBe(toTone('Ada'))
  const names = Array.from({ length: 60 }, (_, i) => `Person ${i}`)
  expect(new Set(names.map(toTone)).size).toBe(6)
})
