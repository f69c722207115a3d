import { randomUUID } from 'node:crypto'
import { beforeEach, expect, test } from 'vitest'
import { MeetingCode } from '#contracts/ids.ts'
import { type Invite, ServerTarget } from '#contracts/invite.ts'
import { desktopCalls } from '#contracts/ipc/channels.ts'
import type { RecentMeeting } from '#contracts/ipc/recents.ts'
import { Settings } from '#contracts/ipc/settings.ts'
import { ConnectionId } from '#contracts/ipc/signaling.ts'
import { createLog } from '../app/log.ts'
import { APP_ORIGIN, originOf } from '../protocol/content-security.ts'
import { FakeIpcMain } from './fake-ipc-main.ts'
import { registerCalls } from './register-calls.ts'
import { createAdmit, type InvokeEvent } from './sender.ts'

const WINDOW = 7
const code = MeetingCode.parse('abc-defg-hij')
const server = ServerTarget.parse({ addresses: [{ host: '10.0.0.1', port: 7443 }] })
const invite: Invite = { code, server }
const connectionId = ConnectionId.parse(randomUUID())
const meeting = { invite, title: 'Weekly', lastJoinedAtMs: 1, hostedHere: true }

const frame = (url: string, parent: unknown = null) => ({ url, parent })
const ours: InvokeEvent = { sender: { id: WINDOW }, senderFrame: frame('app://parley/index.html') }

/** A well-formed request for each channel: what the page sends when all is well. */
const requests: Record<string, unknown> = {
  'app:info': undefined,
  'app:copiedInvite': undefined,
  'app:copyText': { text: 'parley://join/…' },
  'app:openPrivacySettings': { device: 'camera' },
  'app:requestMediaAccess': { device: 'microphone' },
  'host:start': undefined,
  'host:status': undefined,
  'host:stop': undefined,
  'host:ownerToken': { code },
  'recents:list': undefined,
  'recents:add': meeting,
  'recents:remove': { code },
  'recents:resolve': { code },
  'settings:read': undefined,
  'settings:update': { theme: 'dark' },
  'signaling:open': { server },
  'signaling:send': { connectionId, text: '{}' },
  'signaling:close': { connectionId },
}
const channels = Object.entries(desktopCalls).flatMap(([api, calls]) =>
  Object.keys(calls).map(call => `${api}:${call}`),
)

let ipcMain: FakeIpcMain
/** What the handlers did to the world. */
let effects: unknown[]
let lines: string[]
let recents: RecentMeeting[]
let link: string | null
/** What is on the clipboard. */
let copied = ''

beforeEach(() => {
  effects = []
  lines = []
  recents = []
  link = 'parley://join/abc-defg-hij?at=10.0.0.1:7443'
  let settings = Settings.parse({})
  const did = (...effect: unknown[]) => void effects.push(effect)
  ipcMain = new FakeIpcMain()
  registerCalls(
    {
      ipcMain,
      admit: createAdmit(
        id => id === WINDOW,
        url => originOf(url) === APP_ORIGIN,
      ),
      log: createLog(line => lines.push(line)),
    },
    {
      app: {
        version: '0.1.0',
        platform: 'darwin',
        locale: 'en-GB',
        takeOpenedLink: () => {
          const taken = link
          link = null
          return taken
        },
        copyText: text => did('copy', text),
        readCopiedText: () => copied,
        openExternal: async url => did('open', url),
        askForMediaAccess: async device => {
          did('ask', device)
          return false
        },
      },
      host: {
        supervisor: {
          status: { phase: 'running', server },
          start: async () => {
            did('start')
            return server
          },
          stop: async () => did('stop'),
          mintOwnerToken: async () => 'token',
        },
        isHostedHere: asked => asked === code,
      },
      recents: {
        recents: {
          read: () => recents,
          update: async change => {
            did('write')
            recents = change(recents)
            return recents
          },
        },
        onHosted: hosted => did('hosted', hosted),
        onChange: () => did('recents', recents.length),
        resolveCode: async () => invite,
      },
      settings: {
        settings: {
          read: () => settings,
          update: async change => {
            settings = change(settings)
            return settings
          },
        },
        onTheme: theme => did('theme', theme),
      },
      relay: {
        open: async window => {
          did('connect', window)
          return connectionId
        },
        send: (window, id, text) => did('send', window, id, text),
        hangUp: (window, id) => did('close', window, id),
      },
    },
  )
})

test('every call of every contract has a handler, and no channel exists that no contract names', () => {
  expect(ipcMain.channels.sort()).toEqual(channels.sort())
  expect(Object.keys(requests).sort()).toEqual(channels.sort())
})

test.each(channels)('%s answers our own window', async channel => {
  expect(await ipcMain.invoke(ours, channel, requests[channel])).toMatchObject({ ok: true })
  expect(lines).toEqual([])
})

test.each<[string, InvokeEvent]>([
  ['another web contents', { ...ours, sender: { id: WINDOW + 1 } }],
  ['a frame inside of our page', { ...ours, senderFrame: frame('app://parley/index.html', frame('app://parley/')) }],
  ['a page of the web in our window', { ...ours, senderFrame: frame('https://example.org/') }],
  ['a page that only looks like ours', { ...ours, senderFrame: frame('app://parley.example.org/') }],
  ['another host of our scheme', { ...ours, senderFrame: frame('app://elsewhere/index.html') }],
  ['a file', { ...ours, senderFrame: frame('file:///app/index.html') }],
  ['a blank page', { ...ours, senderFrame: frame('about:blank') }],
  ['a frame that is gone', { ...ours, senderFrame: null }],
])('%s is refused on every channel, before anything happens', async (_, event) => {
  for (const channel of channels) {
    const answer = await ipcMain.invoke(event, channel, requests[channel])
    expect(answer, channel).toMatchObject({ ok: false, error: { code: 'sender-refused' } })
  }
  expect(effects).toEqual([])
})

test.each(channels)('%s refuses a malformed request with a sentence, before anything happens', async channel => {
  const malformed: unknown[] = [null, 42, 'text', [], { unexpected: Number.NaN }]
  const given = requests[channel]
  // each field in turn is missing, or of another type
  for (const key of Object.keys(given ?? {})) {
    if (channel !== 'settings:update') malformed.push({ ...(given as object), [key]: undefined })
    malformed.push({ ...(given as object), [key]: { not: 'this' } })
  }
  for (const request of malformed) {
    const answer = await ipcMain.invoke(ours, channel, request)
    expect(answer, JSON.stringify(request)).toMatchObject({
      ok: false,
      error: { code: 'bad-request', message: expect.stringMatching(/\S/) },
    })
  }
  expect(effects).toEqual([])
})

test('text that is too long is refused', async () => {
  const send = { connectionId, text: 'x'.repeat(64 * 1024 + 1) }
  expect(await ipcMain.invoke(ours, 'signaling:send', send)).toMatchObject({ error: { code: 'bad-request' } })
  const copy = { text: 'x'.repeat(4_097) }
  expect(await ipcMain.invoke(ours, 'app:copyText', copy)).toMatchObject({ error: { code: 'bad-request' } })
  expect(effects).toEqual([])
})

test('of the clipboard the window is given an invite, and nothing else', async () => {
  copied = ' abc-defg-hij\n'
  expect(await ipcMain.invoke(ours, 'app:copiedInvite')).toMatchObject({ value: { text: 'abc-defg-hij' } })
  for (const secret of ['hunter2', '', 'x'.repeat(1_000_000)]) {
    copied = secret
    expect(await ipcMain.invoke(ours, 'app:copiedInvite')).toMatchObject({ value: { text: null } })
  }
})

test('the link that started the app is handed over once', async () => {
  expect(await ipcMain.invoke(ours, 'app:info')).toMatchObject({
    value: { openedLink: expect.stringMatching(/^parley:/) },
  })
  expect(await ipcMain.invoke(ours, 'app:info')).toMatchObject({ value: { openedLink: null } })
})

test('a patch of the settings changes what it names and nothing else', async () => {
  await ipcMain.invoke(ours, 'settings:update', { displayName: 'Ada', joinMuted: true })
  expect(await ipcMain.invoke(ours, 'settings:update', { theme: 'dark', displayName: undefined })).toMatchObject({
    value: { displayName: 'Ada', joinMuted: true, theme: 'dark', joinWithCamera: true },
  })
})

test('an owner token is for meetings that are hosted here', async () => {
  const other = { code: MeetingCode.parse('xyz-wxyz-xyz') }
  expect(await ipcMain.invoke(ours, 'host:ownerToken', { code })).toEqual({ ok: true, value: { ownerToken: 'token' } })
  expect(await ipcMain.invoke(ours, 'host:ownerToken', other)).toEqual({ ok: true, value: { ownerToken: null } })
})

test('the code of a hosted meeting counts before it is written, the code of any other does not', async () => {
  await ipcMain.invoke(ours, 'recents:add', meeting)
  await ipcMain.invoke(ours, 'recents:add', { ...meeting, hostedHere: false })
  expect(effects).toEqual([['hosted', code], ['write'], ['recents', 1], ['write'], ['recents', 1]])
})

test('the system is only ever asked to open its own privacy settings', async () => {
  await ipcMain.invoke(ours, 'app:openPrivacySettings', { device: 'microphone' })
  expect(effects).toEqual([['open', 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone']])
})
