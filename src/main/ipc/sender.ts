import { CodedError } from '#contracts/errors.ts'

/** Where a call came from, as far as we look at it. Electron's `IpcMainInvokeEvent` fits. */
export interface InvokeEvent {
  readonly sender: { readonly id: number }
  /** Null once the frame navigated away or is gone. */
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null
}

/** The window that asks: the id of its web contents. */
export type WindowId = number

/** Admits the main frame of our own windows while it shows our own pages. @throws {CodedError} `sender-refused` */
export type Admit = (event: InvokeEvent) => WindowId

export function createAdmit(isOurWindow: (id: WindowId) => boolean, isOurOrigin: (url: string) => boolean): Admit {
  return ({ sender, senderFrame }) => {
    if (!isOurWindow(sender.id) || !senderFrame || senderFrame.parent !== null || !isOurOrigin(senderFrame.url)) {
      throw new CodedError('sender-refused', 'Only Parley’s own window may ask for this.')
    }
    return sender.id
  }
}
