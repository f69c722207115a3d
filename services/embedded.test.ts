import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FromServices, type ToServices } from '#contracts/embedded.ts'
import { ServerTarget } from '#contracts/invite.ts'
import { TestClient } from './shared/fixtures/test-client.ts'

type Answer<T extends FromServices['type']> = Extract<FromServices, { type: T }>

/** The services as the app's main process sees them, here as a plain fork of Node. */
class Services {
  readonly child: ChildProcess
  readonly exited: Promise<[code: number | null, signal: string | null]>
  readonly #heard: FromServices[] = []
  #wake = () => {}

  constructor() {
    const entry = join(import.meta.dirname, 'embedded.ts')
    this.child = fork(entry, { env: { ...process.env, PARLEY_LOG_LEVEL: 'silent', PARLEY_HOST: '127.0.0.1' } })
    this.exited = once(this.child, 'exit') as Promise<[number | null, string | null]>
    this.child.on('message', message => {
      this.#heard.push(FromServices.parse(message))
      this.#wake()
    })
  }

  /** Anything at all, for the sake of the test that sends nonsense. */
  send(message: ToServices | string | object): void {
    this.child.send(message)
  }

  start(over: { port?: number } = {}): Promise<Answer<'ready'>> {
    this.send({ type: 'start', dataDir, port: 0, mediaPort: 0, ...over })
    return this.answer('ready')
  }

  /** The next answer of this type; each is given out once. */
  async answer<T extends FromServices['type']>(type: T): Promise<Answer<T>> {
    for (;;) {
      const index = this.#heard.findIndex(heard => heard.type === type)
      const [found] = index < 0 ? [] : this.#heard.splice(index, 1)
      if (found) return found as Answer<T>
      await Promise.race([
        new Promise<void>(resolve => {
          this.#wake = resolve
        }),
        this.exited.then(([code]) => {
          if (!this.#heard.some(heard => heard.type === type)) throw new Error(`exited with ${code} before "${type}"`)
        }),
      ])
    }
  }
}

let dataDir: string
let all: Services[]
const launch = () => {
  const services = new Services()
  all.push(services)
  return services
}
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-embedded-'))
  all = []
})
afterEach(async () => {
  for (const { child } of all) child.kill('SIGKILL')
  await Promise.all(all.map(({ exited }) => exited))
  await rm(dataDir, { recursive: true, force: true })
})

const portOf = ({ server }: Answer<'ready'>) => server.addresses[0]?.port ?? 0

describe('the services inside the app', { timeout: 60_000 }, () => {
  test('start, answer pings, mint owner tokens, and stop when told', async () => {
    const services = launch()
    const ready = await services.start()
    expect(portOf(ready)).toBeGreaterThan(0)
    expect(ready.mediaPort).toBeGreaterThan(0)
    services.send({ type: 'ping', id: 7 })
    expect(await services.answer('pong')).toEqual({ type: 'pong', id: 7 })
    services.send({ type: 'mint-owner-token', id: 8 })
    const { id, ownerToken } = await services.answer('owner-token')
    expect(id).toBe(8)
    using client = await TestClient.connectTo(ready.server)
    expect(await client.request('meeting.create', { title: 'Team', ownerToken })).toMatchObject({
      meeting: { title: 'Team' },
    })
    services.send({ type: 'stop', deadlineMs: 5_000 })
    await services.answer('stopped')
    expect(await services.exited).toEqual([0, null])
  })

  test('tell everyone in a meeting that the host quit before they stop', async () => {
    const services = launch()
    const { server } = await services.start()
    services.send({ type: 'mint-owner-token', id: 1 })
    const { ownerToken } = await services.answer('owner-token')
    using client = await TestClient.connectTo(server)
    const { meeting } = await client.request('meeting.create', { title: 'Team', ownerToken })
    const { token } = await client.request('grant.request', { code: meeting.code, displayName: 'Ada' })
    await client.request('session.open', { token })
    const told = client.notification('meeting.ended')
    services.send({ type: 'stop', deadlineMs: 5_000 })
    expect(await told).toEqual({ reason: 'host-quit' })
    expect(await services.exited).toEqual([0, null])
  })

  test('are started again on the same port, with the same certificate and meetings, after they were killed', async () => {
    const first = launch()
    const ready = await first.start()
    first.send({ type: 'mint-owner-token', id: 1 })
    const { ownerToken } = await first.answer('owner-token')
    using before = await TestClient.connectTo(ready.server)
    const { meeting } = await before.request('meeting.create', { title: 'Team', ownerToken })
    first.child.kill('SIGKILL')
    await first.exited

    const second = launch()
    expect((await second.start({ port: portOf(ready) })).server).toEqual(ready.server)
    using after = await TestClient.connectTo(ready.server)
    expect((await after.request('lobby.enter', { code: meeting.code })).meeting).toMatchObject({ title: 'Team' })
  })

  test('are not disturbed by messages that mean nothing', async () => {
    const services = launch()
    await services.start()
    for (const nonsense of ['hello', {}, { type: 'start' }, { type: 'ping', id: 'x' }, { type: 'format-disk' }])
      services.send(nonsense)
    services.send({ type: 'ping', id: 1 })
    await services.answer('pong')
  })

  test('asked to start again, say again that they are ready', async () => {
    const services = launch()
    expect(await services.start()).toEqual(await services.start())
  })

  test('say in a sentence why they can not start, and end', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const services = launch()
    services.send({
      type: 'start',
      dataDir,
      port: typeof address === 'object' && address ? address.port : 0,
      mediaPort: 0,
    })
    const { error } = await services.answer('failed')
    taken.close()
    expect(error).toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('is taken by another program'),
    })
    expect(await services.exited).toEqual([1, null])
  })

  test('leave a damaged key alone and say what to do', async () => {
    await writeFile(join(dataDir, 'token-key.json'), 'garbage')
    await chmod(join(dataDir, 'token-key.json'), 0o600)
    const services = launch()
    services.send({ type: 'start', dataDir, port: 0, mediaPort: 0 })
    expect((await services.answer('failed')).error).toMatchObject({ code: 'storage-failed' })
    expect(await services.exited).toEqual([1, null])
  })

  test('told to stop while they start, stop', async () => {
    const services = launch()
    services.send({ type: 'start', dataDir, port: 0, mediaPort: 0 })
    services.send({ type: 'stop', deadlineMs: 10_000 })
    await services.answer('stopped')
    expect(await services.exited).toEqual([0, null])
  })

  test('end by themselves when the app is gone', async () => {
    const services = launch()
    const { server } = await services.start()
    services.child.disconnect()
    expect(await services.exited).toEqual([0, null])
    await expect(TestClient.connectTo(ServerTarget.parse(server))).rejects.toThrow(
      expect.objectContaining({ code: 'server-unreachable' }),
    )
  })

  test('end in order on SIGTERM, and leave Ctrl-C to the app', async () => {
    const services = launch()
    await services.start()
    services.child.kill('SIGINT')
    services.send({ type: 'ping', id: 1 })
    await services.answer('pong')
    services.child.kill('SIGTERM')
    expect(await services.exited).toEqual([0, null])
  })
})
