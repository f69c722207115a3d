import { AsyncLocalStorage } from 'node:async_hooks'
import { createTrace, nextSpan } from './trace-context.ts'

/** What a handler runs inside of: its trace, and whether it still runs. */
export interface HandlerScope {
  readonly trace: string
  live: boolean
}

const scopes = new AsyncLocalStorage<HandlerScope>()

/** Runs a handler so that all it enqueues, publishes and asks carries its trace. */
export async function runInScope<T>(trace: string, run: () => Promise<T> | T): Promise<T> {
  const scope = { trace, live: true }
  try {
    return await scopes.run(scope, async () => run())
  } finally {
    scope.live = false
  }
}

/** The traceparent of a message sent from here: the next hop of the handler's trace, else the start of a new one. */
export function traceToSend(): string {
  const scope = scopes.getStore()
  return scope ? nextSpan(scope.trace) : createTrace()
}

/** False also for what a handler left behind after it returned. */
export function isInsideHandler(): boolean {
  return scopes.getStore()?.live === true
}
