import { describe, expect, test } from 'vitest'
import source from './tokens.css?raw'

type Theme = ReadonlyMap<string, string>

/** The colours of one theme, `--text` → `#1b211f`. */
function readTheme(name: 'light' | 'dark'): Theme {
  const block = source.split(`[data-theme="${name}"]`)[1]?.split('}')[0] ?? ''
  return new Map(
    [...block.matchAll(/(--[\w-]+):\s*(#[\da-f]{6,8})\b/g)].map(([, token, value]) => [token ?? '', value ?? '']),
  )
}

/** WCAG 2.2, relative luminance. @param hex `#rrggbb` */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map(at => {
    const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(theme: Theme, a: string, b: string): number {
  const [x, y] = [a, b].map(token => {
    const value = theme.get(token)
    if (!value) throw new Error(`there is no colour ${token}`)
    return luminance(value)
  }) as [number, number]
  return (Math.max(x, y) + 0.05) / (Math.min(x, y) + 0.05)
}

/** Text and what it stands on: 4.5 to 1 (WCAG 2.2, 1.4.3). */
const text: [string, string][] = [
  ...['--bg', '--surface', '--surface-sunken', '--surface-hover', '--stage'].flatMap((on): [string, string][] => [
    ['--text', on],
    ['--text-muted', on],
  ]),
  ['--text', '--segment'],
  ['--text', '--control'],
  ['--text', '--control-hover'],
  ['--text', '--tile'],
  ['--on-accent', '--accent'],
  ['--on-accent', '--accent-hover'],
  ['--on-accent-soft', '--accent-soft'],
  ['--on-danger', '--danger'],
  ['--on-danger', '--danger-hover'],
  ['--on-danger-soft', '--danger-soft'],
  ['--on-danger-soft', '--surface'],
  ['--on-danger-soft', '--bg'],
  ['--on-warning-soft', '--warning-soft'],
  ...Array.from({ length: 6 }, (_, i): [string, string] => [`--on-tone-${i}`, `--tone-${i}`]),
]

/** What is not text but has to be seen: 3 to 1 (1.4.11). */
const marks: [string, string][] = [
  ['--focus', '--bg'],
  ['--focus', '--surface'],
  ['--focus', '--stage'],
  ['--line-strong', '--surface'],
  ['--line-strong', '--bg'],
  ['--accent', '--surface'],
]

describe.each(['light', 'dark'] as const)('the %s theme', name => {
  const theme = readTheme(name)
  test.each(text)('can be read: %s on %s', (a, b) => expect(contrast(theme, a, b)).toBeGreaterThanOrEqual(4.5))
  test.each(marks)('can be seen: %s on %s', (a, b) => expect(contrast(theme, a, b)).toBeGreaterThanOrEqual(3))
})

test('both themes define the same colours', () => {
  expect([...readTheme('light').keys()]).toEqual([...readTheme('dark').keys()])
})
