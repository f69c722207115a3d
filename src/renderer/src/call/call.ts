import { createStore, type StoreApi } from 'zustand/vanilla'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import type { LocalMedia } from '../media/local-media.ts'
import type { CallActions, CallState } from './call-state.ts'

export interface CallOptions {
  api: DesktopApi
  media: LocalMedia
}

export interface Call {
  readonly store: StoreApi<CallState>
  readonly actions: CallActions
  close(): void
}

export function createCall(_options: CallOptions): Call {
  const store = createStore<CallState>(() => ({ phase: 'idle' }))
  const nothing = async () => {}
  return {
    store,
    actions: {
      newMeeting: nothing,
      openInvite: nothing,
      openRecent: nothing,
      join: nothing,
      leave: nothing,
      endForAll: nothing,
      retry: nothing,
      goHome: nothing,
    },
    close: () => {},
  }
}
