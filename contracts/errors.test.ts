import { expect, test } from 'vitest'
import { z } from 'zod'
import { AppError, CodedError, toAppError, toParseError } from './errors.ts'

test('a coded error crosses a process with its code, sentence and waiting time, and without its cause', () => {
  const error = new CodedError('rate-limited', 'Wait a moment.', { cause: new Error('secret'), retryAfterMs: 250 })
  expect(toAppError(error)).toEqual({ code: 'rate-limited', message: 'Wait a moment.', retryAfterMs: 250 })
})

test('any other thrown value becomes internal and shows nothing of its text', () => {
  for (const thrown of [new Error('password=1234'), 'password=1234', null, undefined, { code: 'forbidden' }]) {
    const error = AppError.parse(toAppError(thrown))
    expect(error.code).toBe('internal')
    expect(error.message).not.toContain('1234')
  }
})

test('a failed parse names the path of the first problem', () => {
  const parsed = z.object({ peer: z.object({ name: z.string() }) }).safeParse({ peer: { name: 5 } })
  expect(parsed.success).toBe(false)
  if (!parsed.success) {
    const error = toParseError('bad-request', parsed.error)
    expect(error.code).toBe('bad-request')
    expect(error.message).toMatch(/^peer\.name: /)
  }
})
