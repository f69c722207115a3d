import { CodedError, type Result, toAppError, toParseError } from '#contracts/errors.ts'
import type { Calls, HandlersOf } from '#contracts/ipc/definitions.ts'
import type { Log } from '../app/log.ts'
import type { Admit, InvokeEvent, WindowId } from './sender.ts'

/** The part of Electron's `ipcMain` that we use. */
export interface IpcMainLike {
  handle(channel: string, listener: (event: InvokeEvent, request: unknown) => Promise<unknown>): void
}

export interface HandleCallsDeps {
  ipcMain: IpcMainLike
  admit: Admit
  log: Log
}

export type Handlers<C extends Calls> = HandlersOf<C, WindowId>

/** Registers every call of one contract as `<api>:<call>`. A reply is always a `Result`; the promise never rejects. */
export type HandleCalls = <C extends Calls>(api: string, calls: C, handlers: Handlers<C>) => void

export function createHandleCalls({ ipcMain, admit, log }: HandleCallsDeps): HandleCalls {
  function handleCalls<C extends Calls>(api: string, calls: C, handlers: Handlers<C>): void
  function handleCalls(api: string, calls: Calls, handlers: Handlers<Calls>): void {
    for (const [name, { request, reply }] of Object.entries(calls)) {
      const handler = handlers[name]
      if (!handler) throw new Error(`no handler for ${api}:${name}`)
      ipcMain.handle(`${api}:${name}`, async (event, raw): Promise<Result<unknown>> => {
        try {
          const windowId = admit(event)
          const asked = request.safeParse(raw)
          if (!asked.success) throw toParseError('bad-request', asked.error)
          const answered = reply.safeParse(await handler(asked.data, windowId))
          if (!answered.success) throw new Error('the reply breaks its contract', { cause: answered.error })
          return { ok: true, value: answered.data }
        } catch (error) {
          if (error instanceof CodedError) log.debug('call refused', { call: `${api}:${name}`, code: error.code })
          else log.error('call failed', { call: `${api}:${name}`, error })
          return { ok: false, error: toAppError(error) }
        }
      })
    }
  }
  return handleCalls
}
