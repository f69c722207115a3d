import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FromServices, type ToServices } from '#contracts/embedded.ts'
import { EmbeddedServices } from './embedded-services.ts'
import { TestClient } from './shared/fixtures/test-client.ts'
import { createLog } from './shared/log/log.ts'
import { openSqliteRecords } from './shared/records/records.ts'

test('an error that nobody expected is reported without its text, and meetings go on for the next start', {
  timeout: 60_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-failing-'))
  try {
    const ended = Promise.withResolvers<number>()
    const app = createFakeApp()
    const services = new EmbeddedServices({
      port: app.port,
      log: createLog({ level: 'silent' }),
      env: { PARLEY_HOST: '127.0.0.1' },
      exit: ended.resolve,
    })
    app.say({ type: 'start', dataDir, port: 0, mediaPort: 0 })
    const { server } = await app.answer('ready')
    app.say({ type: 'mint-owner-token', id: 1 })
    const { ownerToken } = await app.answer('owner-token')
    using client = await TestClient.connectTo(server)
    const { meeting } = await client.request('meeting.create', { title: 'Team', ownerToken })

    using guest = await TestClient.connectTo(server)
    for (const joining of [client, guest]) {
      const { token } = await joining.request('grant.request', { code: meeting.code, displayName: 'Ada' })
      await joining.request('session.open', { token })
    }
    await client.notification('peer.joined')

    void services.fail(new Error('a secret of the inside'))
    const { error } = await app.answer('failed')
    expect(error).toMatchObject({ code: 'internal' })
    expect(error.message).not.toContain('secret')
    expect(await ended.promise).toBe(1)
    await using records = await openSqliteRecords(join(dataDir, 'records.sqlite'))
    expect(await records.meetings.findByCode(meeting.code)).toMatchObject({
      startedAtMs: expect.any(Number),
      endedAtMs: null,
    })
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})

test('who is present is counted, and a stop that keeps the meetings leaves an empty one for the next start', {
  timeout: 60_000,
}, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-moving-'))
  try {
    const start = async () => {
      const ended = Promise.withResolvers<number>()
      const app = createFakeApp()
      new EmbeddedServices({
        ...{ port: app.port, log: createLog({ level: 'silent' }), exit: ended.resolve },
        env: { PARLEY_HOST: '127.0.0.1' },
      })
      app.say({ type: 'start', dataDir, port: 0, mediaPort: 0 })
      return { app, ended: ended.promise, server: (await app.answer('ready')).server }
    }
    const before = await start()
    before.app.say({ type: 'mint-owner-token', id: 1 })
    const { ownerToken } = await before.app.answer('owner-token')
    using host = await TestClient.connectTo(before.server)
    const { meeting } = await host.request('meeting.create', { title: 'Team', ownerToken })
    const { token } = await host.request('grant.request', { code: meeting.code, displayName: 'Ada' })
    await host.request('session.open', { token })
    before.app.say({ type: 'count-peers', id: 2 })
    expect(await before.app.answer('peers')).toEqual({ type: 'peers', id: 2, present: 1 })

    before.app.say({ type: 'stop', deadlineMs: 10_000, keepMeetings: true })
    expect(await before.ended).toBe(0)
    const after = await start()
    using back = await TestClient.connectTo(after.server)
    expect(await back.request('lobby.enter', { code: meeting.code })).toMatchObject({ meeting: { title: 'Team' } })
    after.app.say({ type: 'stop', deadlineMs: 10_000 })
    expect(await after.ended).toBe(0)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
})

/** The app's side of the port, in this process. */
function createFakeApp() {
  let toServices: (message: unknown) => void = () => {}
  const heard: FromServices[] = []
  let wake = () => {}
  return {
    port: {
      onMessage: (listener: (message: unknown) => void) => {
        toServices = listener
      },
      onClose: () => {},
      send: async (message: object) => {
        heard.push(FromServices.parse(message))
        wake()
      },
    },
    say: (message: ToServices) => toServices(message),
    async answer<T extends FromServices['type']>(type: T): Promise<Extract<FromServices, { type: T }>> {
      for (;;) {
        const found = heard.find((message): message is Extract<FromServices, { type: T }> => message.type === type)
        if (found) return found
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
    },
  }
}
