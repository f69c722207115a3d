import { describe, expect, test } from 'vitest'
import { en } from './en.ts'
import { createI18n } from './i18n.ts'
import { toLanguage } from './language.ts'
import { zhCn } from './zh-cn.ts'

const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.{ts,tsx}'], {
  query: '?raw',
  import: 'default',
  eager: true,
})

interface Words {
  readonly [key: string]: string | Words
}

const flatten = (words: Words, prefix = ''): [key: string, text: string][] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  )

const english = new Map(flatten(en))
const chinese = new Map(flatten(zhCn))
const placeholders = (text = '') => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()

describe('the two languages', () => {
  test('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort())
  })

  test('leave nothing empty and fill in the same values', () => {
    for (const [key, text] of english) {
      expect(text.trim(), key).not.toBe('')
      expect(chinese.get(key)?.trim(), key).not.toBe('')
      expect(placeholders(chinese.get(key)), key).toEqual(placeholders(text))
    }
  })

  test('are not each other: every Chinese text has Chinese in it, names of things aside', () => {
    const names = new Set(['common.appName'])
    for (const [key, text] of chinese) if (!names.has(key)) expect(text, key).toMatch(/\p{Script=Han}/u)
  })
})

describe('the screens', () => {
  const components = Object.entries(sources).filter(
    ([, code]) => code.includes("from 'react-i18next'") || code.includes("from 'react'"),
  )
  const used = components.flatMap(([path, code]) =>
    [
      ...code.matchAll(
        /['"`]((?:common|home|lobby|devices|progress|call|ended|failed|settings|link)\.[\w.${}-]+)['"`]/g,
      ),
    ].map(([, key = '']) => ({ path, key })),
  )

  test('use only keys that exist', () => {
    expect(used.length).toBeGreaterThan(100)
    const known = [...english.keys()]
    for (const { path, key } of used) {
      // `failed.${code}.title` stands for any code; `people` for `people_one` and `people_other`
      const pattern = new RegExp(`^${key.replaceAll('.', '\\.').replace(/\$\{\w+\}/g, '[\\w-]+')}(_one|_other|s)?$`)
      expect(
        known.some(name => pattern.test(name)),
        `${key} in ${path}`,
      ).toBe(true)
    }
  })

  test('use every key that exists', () => {
    const patterns = used.map(
      ({ key }) => new RegExp(`^${key.replaceAll('.', '\\.').replace(/\$\{\w+\}/g, '[\\w-]+')}(_one|_other)?$`),
    )
    expect([...english.keys()].filter(key => !patterns.some(pattern => pattern.test(key)))).toEqual([])
  })

  test('hold no words of their own', () => {
    for (const [path, code] of components.filter(([path]) => path.endsWith('.tsx'))) {
      // text between tags, and attributes that are read out
      expect(code.match(/>\s*[A-Z][a-z]+ [a-z]+[^<{]*</g) ?? [], path).toEqual([])
      expect(code.match(/\b(?:aria-label|title|placeholder|label|alt)="[^"]+"/g) ?? [], path).toEqual([])
    }
  })
})

test('people are counted in words', () => {
  const { t } = createI18n('en')
  expect([t('lobby.people', { count: 1 }), t('lobby.people', { count: 3 })]).toEqual([
    '1 person is in the meeting',
    '3 people are in the meeting',
  ])
  expect(createI18n('zh-CN').t('lobby.people', { count: 3 })).toBe('会议中有 3 人')
})

test.each([
  ['system', 'de-DE', 'en'],
  ['system', 'zh-Hans-CN', 'zh-CN'],
  ['system', 'zh-TW', 'zh-CN'],
  ['en', 'zh-CN', 'en'],
  ['zh-CN', 'en-US', 'zh-CN'],
] as const)('the choice %s on a system in %s gives %s', (chosen, locale, language) => {
  expect(toLanguage(chosen, locale)).toBe(language)
})
