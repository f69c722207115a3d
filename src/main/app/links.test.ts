import { expect, test } from 'vitest'
import { findLink, OpenedLinks, withLink } from './links.ts'

const link = 'parley://join/abc-defg-hij?at=10.0.0.1:7443'

test('the link is found wherever it stands among the arguments', () => {
  expect(findLink(['/usr/bin/parley', '--lang=en', link, '--no-sandbox'])).toBe(link)
  expect(findLink(['/usr/bin/parley', '.', 'https://join/abc', `x${link}`])).toBeNull()
  expect(findLink([`parley://${'x'.repeat(2_000)}`])).toBeNull()
})

test('the next start is like this one, but for its link', () => {
  expect(withLink(['.', '--lang=en', 'parley://join/old'], link)).toEqual(['.', '--lang=en', link])
  expect(withLink(['.', 'parley://join/old'], null)).toEqual(['.'])
})

test('a link that started the app waits for its page, and is given once', () => {
  const links = new OpenedLinks(link, () => expect.unreachable())
  expect(links.take()).toBe(link)
  expect(links.take()).toBeNull()
})

test('of links before the page is there the last counts; later ones are told at once', () => {
  const told: string[] = []
  const links = new OpenedLinks(null, opened => told.push(opened))
  links.open('parley://join/first')
  links.open('parley://join/second')
  expect(links.take()).toBe('parley://join/second')
  links.open('parley://join/third')
  expect(told).toEqual(['parley://join/third'])
})

test('a link while the page reloads waits for it', () => {
  const links = new OpenedLinks(null, () => expect.unreachable())
  links.take()
  links.pageGone()
  links.open(link)
  expect(links.take()).toBe(link)
})
