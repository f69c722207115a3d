import { expect, test } from 'vitest'
import { fitBounds } from './window-bounds.ts'

const screen = { x: 0, y: 0, width: 1920, height: 1040 }
const left = { x: -1280, y: 0, width: 1280, height: 1024 }
const state = (bounds: { x: number; y: number; width: number; height: number } | null) => ({ bounds, maximized: false })

test('the first time the system places a window of a comfortable size', () => {
  expect(fitBounds(state(null), [screen])).toEqual({ width: 1180, height: 780 })
})

test('on a small screen it is no larger than the screen, but never too small to use', () => {
  expect(fitBounds(state(null), [{ x: 0, y: 0, width: 1024, height: 700 }])).toEqual({ width: 1024, height: 700 })
  expect(fitBounds(state(null), [{ x: 0, y: 0, width: 300, height: 300 }])).toEqual({ width: 480, height: 600 })
})

test('it comes back where it was, also on a second screen', () => {
  const bounds = { x: -1000, y: 100, width: 900, height: 700 }
  expect(fitBounds(state(bounds), [screen, left])).toEqual(bounds)
})

test('when that screen is gone, its size is kept and the system places it', () => {
  expect(fitBounds(state({ x: -1000, y: 100, width: 900, height: 700 }), [screen])).toEqual({ width: 900, height: 700 })
})

test('a window whose title bar nobody could grab is placed anew', () => {
  expect(fitBounds(state({ x: 100, y: 1020, width: 900, height: 700 }), [screen])).toEqual({ width: 900, height: 700 })
  expect(fitBounds(state({ x: 1900, y: 10, width: 900, height: 700 }), [screen])).toEqual({ width: 900, height: 700 })
})
