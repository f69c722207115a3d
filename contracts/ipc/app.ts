import { z } from 'zod'
import type { ApiOf } from './definitions.ts'

/** The desktop around the window. */
export const appCalls = {
  info: {
    request: z.void(),
    reply: z.object({
      version: z.string(),
      platform: z.enum(['linux', 'darwin', 'win32']),
      /** BCP 47, as the system reports it. */
      locale: z.string(),
      /** A link that started the app, once. */
      openedLink: z.string().nullable(),
    }),
  },
  /** The clipboard's text if it is a code or a link that `parseInvite` takes, else null: the page sees nothing else of it. */
  copiedInvite: { request: z.void(), reply: z.object({ text: z.string().max(2_000).nullable() }) },
  copyText: { request: z.object({ text: z.string().max(4_096) }), reply: z.void() },
  /** Where the system lets a person allow camera and microphone, if it has such a place. */
  openPrivacySettings: {
    request: z.object({ device: z.enum(['camera', 'microphone']) }),
    reply: z.object({ opened: z.boolean() }),
  },
  /** macOS asks once per device; other systems answer `granted`. */
  requestMediaAccess: {
    request: z.object({ device: z.enum(['camera', 'microphone']) }),
    reply: z.object({ access: z.enum(['granted', 'denied']) }),
  },
}
export const appEvents = {
  /** The system opened a parley:// link while the app runs. */
  linkOpened: z.object({ link: z.string() }),
}
export type AppApi = ApiOf<typeof appCalls, typeof appEvents>
