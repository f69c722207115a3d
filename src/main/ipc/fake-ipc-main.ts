import { deserialize, serialize } from 'node:v8'
import type { IpcMainLike } from './handle-calls.ts'
import type { InvokeEvent } from './sender.ts'

/** `ipcMain` without Electron: takes one handler per channel, as the real one does, and clones what crosses. */
export class FakeIpcMain implements IpcMainLike {
  readonly #listeners = new Map<string, (event: InvokeEvent, request: unknown) => Promise<unknown>>()

  get channels(): string[] {
    return [...this.#listeners.keys()]
  }

  handle(channel: string, listener: (event: InvokeEvent, request: unknown) => Promise<unknown>): void {
    if (this.#listeners.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`)
    this.#listeners.set(channel, listener)
  }

  async invoke(event: InvokeEvent, channel: string, request?: unknown): Promise<unknown> {
    const listener = this.#listeners.get(channel)
    if (!listener) throw new Error(`No handler registered for '${channel}'`)
    return clone(await listener(event, clone(request)))
  }
}

const clone = (value: unknown): unknown => deserialize(serialize(value))
