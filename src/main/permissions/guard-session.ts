import type { Session } from 'electron'
import type { Log } from '../app/log.ts'
import { devPolicy, originOf } from '../protocol/content-security.ts'
import { isPermitted } from './permission-policy.ts'

export interface GuardOptions {
  ownOrigin: string
  /** Of the dev server, if the page comes from there. */
  devUrl: string | null
  log: Log
}

/** What a page of ours may load, ask for and reach: its own files, the devices of a call, and no network but WebRTC. */
export function guardSession(session: Session, { ownOrigin, devUrl, log }: GuardOptions): void {
  session.setPermissionRequestHandler((_, permission, decide, details) => {
    const mediaTypes = 'mediaTypes' in details ? details.mediaTypes : undefined
    const granted = isPermitted(
      {
        permission,
        origin: originOf(details.requestingUrl),
        isMainFrame: details.isMainFrame,
        ...(mediaTypes && { mediaTypes }),
      },
      ownOrigin,
    )
    log.info('permission asked for', { permission, mediaTypes, granted })
    decide(granted)
  })
  session.setPermissionCheckHandler((_, permission, origin, { isMainFrame, mediaType }) =>
    isPermitted(
      {
        permission,
        origin: originOf(origin),
        isMainFrame,
        mediaTypes: [mediaType ?? 'unknown'],
      },
      ownOrigin,
    ),
  )
  session.setDevicePermissionHandler(() => false)
  session.setBluetoothPairingHandler((_, decide) => decide({ confirmed: false }))
  session.on('will-download', event => event.preventDefault())
  session.setSpellCheckerEnabled(false)

  const socketOrigin = devUrl && `ws://${new URL(devUrl).host}`
  session.webRequest.onBeforeRequest(({ url }, decide) => {
    const origin = originOf(url)
    const inner = /^(blob|data|devtools|chrome-extension):/.test(url)
    decide({ cancel: !(inner || origin === ownOrigin || (socketOrigin !== null && origin === socketOrigin)) })
  })
  if (devUrl) {
    session.webRequest.onHeadersReceived(({ responseHeaders }, decide) =>
      decide({ responseHeaders: { ...responseHeaders, 'Content-Security-Policy': [devPolicy(devUrl)] } }),
    )
  }
}
