import type { z } from 'zod'
import { appCalls, appEvents } from './app.ts'
import { hostCalls, hostEvents } from './host.ts'
import { recentsCalls } from './recents.ts'
import { settingsCalls } from './settings.ts'
import { signalingCalls, signalingEvents } from './signaling.ts'

/** Every call and event between the window and main. What is not listed here has no channel. */
export const desktopCalls = {
  app: appCalls,
  host: hostCalls,
  recents: recentsCalls,
  settings: settingsCalls,
  signaling: signalingCalls,
} as const
export const desktopEvents = { app: appEvents, host: hostEvents, signaling: signalingEvents } as const

/** `{ 'app:info': contract, … }` */
type ByChannel<Apis> = {
  [Channel in { [A in keyof Apis & string]: `${A}:${keyof Apis[A] & string}` }[keyof Apis &
    string]]: Channel extends `${infer A}:${infer K}`
    ? A extends keyof Apis
      ? K extends keyof Apis[A]
        ? Apis[A][K]
        : never
      : never
    : never
}

type CallsByChannel = ByChannel<typeof desktopCalls>
type EventsByChannel = ByChannel<typeof desktopEvents>

/** `app:info`, `signaling:open` … : asked by the window, answered by main. */
export type CallChannel = keyof CallsByChannel
export type CallRequest<C extends CallChannel> = z.input<CallsByChannel[C]['request']>
export type CallReply<C extends CallChannel> = z.output<CallsByChannel[C]['reply']>

/** `signaling:message` … : told by main to the window. */
export type EventChannel = keyof EventsByChannel
export type EventData<C extends EventChannel> = z.output<EventsByChannel[C]>
