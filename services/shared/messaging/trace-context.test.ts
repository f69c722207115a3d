import { expect, test } from 'vitest'
import { createTrace, nextSpan, traceIdOf } from './trace-context.ts'

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00'

test('a new trace is a sampled traceparent', () => {
  expect(createTrace()).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
  expect(traceIdOf(createTrace())).not.toBe(traceIdOf(createTrace()))
})

test('the next span keeps the trace and its flags', () => {
  const next = nextSpan(TRACEPARENT)
  expect(next).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/)
  expect(next).not.toBe(TRACEPARENT)
})

test.each(['', 'nonsense', '00-00000000000000000000000000000000-00f067aa0ba902b7-01'])(
  'after %j a new trace begins',
  broken => {
    expect(traceIdOf(nextSpan(broken))).toMatch(/^(?!0{32})[0-9a-f]{32}$/)
  },
)
