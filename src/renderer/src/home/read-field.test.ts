import { expect, test } from 'vitest'
import { mayBecomeInvite, readField } from './read-field.ts'

test.each(['k', 'kfw', 'kfw-q', 'KFW QBND XR', 'parley:', 'parley://join/kfw-qb', 'P'])(
  '%j may still become an invite',
  text => {
    expect(mayBecomeInvite(text)).toBe(true)
  },
)

test.each(['https://example.org', 'hello world!', 'kfw1', 'parley://leave/', 'abcdefghijkl'])(
  '%j can no longer become an invite',
  text => {
    expect(mayBecomeInvite(text)).toBe(false)
  },
)

test('a code is read however it is typed, and nothing is neither right nor wrong', () => {
  expect(readField(' KFW qbnd xra ')).toEqual({ state: 'ok', invite: { kind: 'code', code: 'kfw-qbnd-xra' } })
  expect(readField('  ')).toEqual({ state: 'empty' })
  expect(readField('hello')).toEqual({ state: 'problem' })
})
