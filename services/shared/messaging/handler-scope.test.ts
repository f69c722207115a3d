import { expect, test } from 'vitest'
import { isInsideHandler, runInScope, traceToSend } from './handler-scope.ts'
import { createTrace, traceIdOf } from './trace-context.ts'

test('what is sent from inside a handler continues its trace, in its timers too', async () => {
  const trace = createTrace()
  const sent = await runInScope(trace, async () => {
    await new Promise(resolve => setTimeout(resolve, 0))
    return traceToSend()
  })
  expect(traceIdOf(sent)).toBe(traceIdOf(trace))
  expect(traceIdOf(traceToSend())).not.toBe(traceIdOf(trace))
})

test('what a handler left behind is no longer inside it', async () => {
  const returned = Promise.withResolvers<void>()
  let leftBehind: Promise<boolean> | undefined
  const inside = await runInScope(createTrace(), () => {
    leftBehind = returned.promise.then(isInsideHandler)
    return isInsideHandler()
  })
  returned.resolve()
  expect([inside, await leftBehind, isInsideHandler()]).toEqual([true, false, false])
})
