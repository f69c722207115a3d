import { expect, test } from 'vitest'
import { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'
import { createLog } from '../app/log.ts'
import { FakeIpcMain } from './fake-ipc-main.ts'
import { createHandleCalls } from './handle-calls.ts'

const calls = { double: { request: z.object({ n: z.number() }), reply: z.object({ n: z.number() }) } }
const event = { sender: { id: 1 }, senderFrame: { url: 'app://parley/', parent: null } }

function ask(double: (request: { n: number }, window: number) => Promise<{ n: number }>, request: unknown) {
  const ipcMain = new FakeIpcMain()
  const lines: string[] = []
  createHandleCalls({ ipcMain, admit: () => 1, log: createLog(line => lines.push(line)) })('math', calls, { double })
  return { answer: ipcMain.invoke(event, 'math:double', request), lines }
}

test('the handler gets the parsed request and the window, the caller its reply', async () => {
  const { answer } = ask(async ({ n }, window) => ({ n: 2 * n + window }), { n: 20 })
  expect(await answer).toEqual({ ok: true, value: { n: 41 } })
})

test('a bad request is refused with its first problem and where it is', async () => {
  const { answer } = ask(async request => request, { n: 'two' })
  expect(await answer).toEqual({
    ok: false,
    error: { code: 'bad-request', message: expect.stringMatching(/^n: .*number/) },
  })
})

test('a coded error keeps its code and sentence, and is no reason for the log', async () => {
  const { answer, lines } = ask(
    async () => {
      throw new CodedError('meeting-unknown', 'No such meeting.', { retryAfterMs: 50 })
    },
    { n: 1 },
  )
  expect(await answer).toEqual({
    ok: false,
    error: { code: 'meeting-unknown', message: 'No such meeting.', retryAfterMs: 50 },
  })
  expect(lines).toEqual([])
})

test('any other error is internal: its text goes to the log and not to the page', async () => {
  const { answer, lines } = ask(
    async () => {
      throw new Error('/home/ada/secret')
    },
    { n: 1 },
  )
  expect(JSON.stringify(await answer)).not.toContain('secret')
  expect(await answer).toMatchObject({ error: { code: 'internal' } })
  expect(lines.join()).toContain('/home/ada/secret')
})

test('a reply that breaks its contract is a bug of ours, not an answer', async () => {
  const { answer, lines } = ask(async () => ({ n: Number.NaN }), { n: 1 })
  expect(await answer).toMatchObject({ ok: false, error: { code: 'internal' } })
  expect(lines.join()).toContain('breaks its contract')
})

test('a field of the reply that the contract does not name stays here', async () => {
  const { answer } = ask(async () => ({ n: 1, secret: 'x' }), { n: 1 })
  expect(await answer).toEqual({ ok: true, value: { n: 1 } })
})
