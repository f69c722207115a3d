import { cleanup, screen } from '@testing-library/react'
import { afterEach, describe, expect, test } from 'vitest'
import { ErrorCode } from '#contracts/errors.ts'
import { renderApp } from '../app-suite.tsx'
import { enFailures } from '../i18n/en-failures.ts'
import { type AskedFor, canRetry, toFailure } from './failures.ts'

afterEach(cleanup)

const failed = (code: ErrorCode, asked: AskedFor) =>
  renderApp({ phase: 'failed', error: { code, message: 'as logged' }, canRetry: canRetry(code, asked) })

describe.each(ErrorCode.options)('%s', code => {
  test('has a title, a sentence and a way forward that works', async () => {
    const { user, asked } = await failed(code, 'code')
    const { title, text } = enFailures[toFailure(code).words]
    expect(screen.getByRole('heading', { name: title })).toBeTruthy()
    expect(screen.getByText(text)).toBeTruthy()
    expect(screen.queryByText('as logged')).toBeNull()
    for (const action of toFailure(code).actions) {
      await user.click(screen.getByRole('button', { name: action === 'retry' ? 'Try again' : 'New meeting' }))
    }
    await user.click(screen.getByRole('button', { name: 'Back to home' }))
    expect(asked.map(call => call.split('(')[0])).toEqual([
      ...toFailure(code).actions.map(action => (action === 'retry' ? 'retry' : 'newMeeting')),
      'goHome',
    ])
  })
})

const met = [
  'meeting-unknown',
  'invite-invalid',
  'meeting-ended',
  'meeting-full',
  'server-unreachable',
  'server-untrusted',
  'connection-lost',
  'already-joined',
  'session-replaced',
  'token-expired',
  'services-failed',
  'media-unavailable',
  'timeout',
  'rate-limited',
  'internal',
] as const

test('what a person can meet has words of its own', () => {
  expect(met.map(code => toFailure(code).words)).toEqual([...met])
})

test('a certificate that does not match offers no way around it', async () => {
  await failed('server-untrusted', 'link')
  expect(screen.getAllByRole('button').map(button => button.textContent)).toEqual(['Back to home'])
})

test('a link to a meeting that its server does not know is not tried again', async () => {
  await failed('meeting-unknown', 'link')
  expect(screen.queryByRole('button', { name: 'Try again' })).toBeNull()
})
