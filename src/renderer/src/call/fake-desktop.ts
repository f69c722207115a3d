import type { Result } from '#contracts/errors.ts'
import { CertificatePin, type Invite, type ServerTarget } from '#contracts/invite.ts'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import { RecentMeeting } from '#contracts/ipc/recents.ts'
import { Settings } from '#contracts/ipc/settings.ts'
import { ConnectionId } from '#contracts/ipc/signaling.ts'
import { code } from './fake-meeting-server.ts'

export const hostServer: ServerTarget = {
  addresses: [{ host: '127.0.0.1', port: 7443 }],
  pin: CertificatePin.parse('A'.repeat(43)),
}
export const invite: Invite = {
  code,
  server: { addresses: [{ host: '192.168.1.9', port: 7443 }], pin: CertificatePin.parse('B'.repeat(43)) },
}

const ok = <T>(value: T): Promise<Result<T>> => Promise.resolve({ ok: true, value })
const done = () => ok<void>(undefined)

export interface FakeDesktop {
  api: DesktopApi
  recents: RecentMeeting[]
  /** What the person called themselves last time. */
  displayName: string
  /** Where the services here run. */
  server: ServerTarget
  /** How often the services here were asked to run. */
  hostStarts: number
  /** What asking for them fails with. */
  hostFailure: Extract<Result<never>, { ok: false }> | null
}

/** A desktop that remembers meetings and runs services without doing either; the socket is somebody else's. */
export function fakeDesktop(ownerToken: string): FakeDesktop {
  const desktop: FakeDesktop = {
    recents: [],
    displayName: '',
    server: hostServer,
    hostStarts: 0,
    hostFailure: null,
    api: {
      app: {
        info: () => ok({ version: '0', platform: 'linux', locale: 'en', openedLink: null }),
        copyText: done,
        copiedInvite: () => ok({ text: null }),
        openPrivacySettings: () => ok({ opened: false }),
        requestMediaAccess: () => ok({ access: 'granted' }),
        onLinkOpened: () => () => {},
      },
      host: {
        start: async () => {
          desktop.hostStarts++
          return desktop.hostFailure ?? ok({ server: desktop.server, ownerToken })
        },
        status: () => ok({ phase: 'stopped' }),
        stop: done,
        ownerToken: () => ok({ ownerToken }),
        onStatusChanged: () => () => {},
      },
      settings: {
        read: () => ok(Settings.parse({ displayName: desktop.displayName })),
        update: () => ok(Settings.parse({})),
      },
      recents: {
        list: () => ok(desktop.recents),
        add: async recent => {
          desktop.recents = [RecentMeeting.parse(recent), ...desktop.recents]
          return done()
        },
        remove: ({ code }) => {
          desktop.recents = desktop.recents.filter(({ invite }) => invite.code !== code)
          return done()
        },
        resolve: async asked =>
          asked.code === code
            ? ok(invite)
            : { ok: false, error: { code: 'meeting-unknown', message: 'No such meeting.' } },
      },
      signaling: {
        open: () => ok({ connectionId: ConnectionId.parse(crypto.randomUUID()) }),
        send: done,
        close: done,
        onMessage: () => () => {},
        onClosed: () => () => {},
      },
    },
  }
  return desktop
}
