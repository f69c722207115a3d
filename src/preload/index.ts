import { contextBridge, ipcRenderer } from 'electron'
import type { Result } from '#contracts/errors.ts'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import type { CallChannel, CallReply, CallRequest, EventChannel, EventData } from '#contracts/ipc/channels.ts'

/** Names the calls. Neither `invoke` nor `on` leaves this file, so the page cannot choose a channel. */
const api: DesktopApi = {
  app: {
    info: () => invoke('app:info', undefined),
    copiedInvite: () => invoke('app:copiedInvite', undefined),
    copyText: request => invoke('app:copyText', request),
    openPrivacySettings: request => invoke('app:openPrivacySettings', request),
    requestMediaAccess: request => invoke('app:requestMediaAccess', request),
    onLinkOpened: listener => on('app:linkOpened', listener),
  },
  host: {
    start: () => invoke('host:start', undefined),
    status: () => invoke('host:status', undefined),
    stop: () => invoke('host:stop', undefined),
    ownerToken: request => invoke('host:ownerToken', request),
    onStatusChanged: listener => on('host:statusChanged', listener),
  },
  signaling: {
    open: request => invoke('signaling:open', request),
    send: request => invoke('signaling:send', request),
    close: request => invoke('signaling:close', request),
    onMessage: listener => on('signaling:message', listener),
    onClosed: listener => on('signaling:closed', listener),
  },
  settings: {
    read: () => invoke('settings:read', undefined),
    update: request => invoke('settings:update', request),
  },
  recents: {
    list: () => invoke('recents:list', undefined),
    add: request => invoke('recents:add', request),
    remove: request => invoke('recents:remove', request),
    resolve: request => invoke('recents:resolve', request),
  },
}

function invoke<C extends CallChannel>(channel: C, request: CallRequest<C>): Promise<Result<CallReply<C>>> {
  return ipcRenderer.invoke(channel, request)
}

function on<C extends EventChannel>(channel: C, listener: (event: EventData<C>) => void): () => void {
  // the page gets the data alone: Electron's event object carries `sender`, with which it could send anything
  const forward = (_: unknown, data: EventData<C>) => listener(data)
  ipcRenderer.on(channel, forward)
  return () => void ipcRenderer.off(channel, forward)
}

contextBridge.exposeInMainWorld('api', api)
