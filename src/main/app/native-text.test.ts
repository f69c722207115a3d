import { expect, test } from 'vitest'
import { nativeText } from './native-text.ts'

test.each([
  ['system', 'zh-Hans-CN', '退出'],
  ['system', 'en-GB', 'Quit'],
  ['system', '', 'Quit'],
  ['en', 'zh-CN', 'Quit'],
  ['zh-CN', 'en-US', '退出'],
] as const)('dialogs of the system with the choice %s on a system in "%s" say %s', (language, locale, quit) => {
  expect(nativeText(language, locale).quit).toBe(quit)
})
