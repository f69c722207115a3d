import type { EventContract, HintContract, RequestContract, TaskContract } from '#contracts/definitions.ts'
import { TaskId } from '#contracts/ids.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'

export async function openMessaging(): Promise<Messaging> {
  const handlers = new Map<string, ((payload: unknown) => Promise<unknown>)[]>()
  const add = (key: string, run: (payload: unknown) => Promise<unknown>) =>
    handlers.set(key, [...(handlers.get(key) ?? []), run])
  let running: Promise<unknown> = Promise.resolve()
  let n = 0
  const deliver = (key: string, payload: unknown) => {
    for (const run of handlers.get(key) ?? [])
      running = running.then(() => run(payload)).catch(e => console.error(key, e))
  }
  const messaging = {
    async enqueue<P>(task: TaskContract<P>, payload: P) {
      deliver(task.name, task.payload.parse(payload))
      return TaskId.parse(String(++n))
    },
    handle<P>(task: TaskContract<P>, handler: (payload: P, c: object) => unknown) {
      add(task.name, async payload => handler(task.payload.parse(payload), {}))
    },
    async publish<P>(event: EventContract<P>, payload: P) {
      deliver(event.name, event.payload.parse(payload))
    },
    subscribe<P>(_: string, event: EventContract<P>, handler: (payload: P, c: object) => unknown) {
      add(event.name, async payload => handler(event.payload.parse(payload), {}))
    },
    async request<Q, R>(request: RequestContract<Q, R>, payload: Q) {
      return request.reply.parse(await handlers.get(request.name)?.[0]?.(request.request.parse(payload)))
    },
    respond<Q, R>(request: RequestContract<Q, R>, responder: (q: Q, c: object) => unknown) {
      add(request.name, async payload => responder(request.request.parse(payload), {}))
    },
    hint<P>(hint: HintContract<P>, payload: P) {
      for (const run of handlers.get(hint.name) ?? []) void run(hint.payload.parse(payload))
    },
    onHint<P>(hint: HintContract<P>, listener: (p: P) => void) {
      add(hint.name, async payload => listener(hint.payload.parse(payload)))
      return () => {}
    },
    async start() {},
    async idle() {
      let seen: Promise<unknown> | undefined
      while (seen !== running) {
        seen = running
        await seen
      }
    },
    async close() {},
    async [Symbol.asyncDispose]() {},
  }
  return messaging as unknown as Messaging
}
