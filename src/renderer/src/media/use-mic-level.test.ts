import { expect, test } from 'vitest'
import { toLevel } from './use-mic-level.ts'

const sine = (amplitude: number) => Float32Array.from({ length: 2_048 }, (_, i) => amplitude * Math.sin(i / 5))

test('the level runs from a quiet room to full scale in decibels, and digital silence is its bottom', () => {
  expect(toLevel(new Float32Array(2_048))).toBe(0)
  expect(toLevel(sine(0.0005))).toBe(0)
  expect(toLevel(Float32Array.from({ length: 2_048 }, () => 1))).toBe(1)
  // -33 dBFS RMS lies 27 of 60 dB above the floor
  expect(toLevel(sine(10 ** (-30 / 20)))).toBeCloseTo(0.45, 1)
})
