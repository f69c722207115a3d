import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { HostStatus } from '#contracts/ipc/host.ts'
import { createLog } from '../app/log.ts'
import { type Ports, Supervisor } from './supervisor.ts'

// up to seven processes are started one after the other, on machines that may be busy
vi.setConfig({ testTimeout: 60_000 })

let children: ChildProcess[]
let ports: Ports[]
let phases: string[]
let awaited: { matches: (status: HostStatus) => boolean; resolve: (status: HostStatus) => void }[]
let opened: Supervisor[]
let networks: string[]
let connected: boolean
let onLog: (line: string) => void

function createSupervisor(flaw: string, lastPorts: Ports = { port: 0, mediaPort: 0 }) {
  const supervisor = new Supervisor({
    fork: () => {
      const child = fork(join(import.meta.dirname, 'fake-services.fixture.ts'))
      children.push(child)
      return {
        send: message => void child.send(message as object, () => {}),
        onMessage: listener => void child.on('message', listener),
        onExit: listener => void child.on('exit', listener),
        kill: () => void child.kill('SIGKILL'),
      }
    },
    dataDir: join('/nowhere', flaw),
    lastPorts,
    networks: () => networks,
    isConnected: () => connected,
    onPorts: now => ports.push(now),
    onStatus: status => {
      phases.push(status.phase)
      for (const { matches, resolve } of awaited) if (matches(status)) resolve(status)
    },
    log: createLog(line => onLog(line)),
  })
  opened.push(supervisor)
  return supervisor
}

/** The next status that matches, from now on. */
const next = (matches: (status: HostStatus) => boolean) =>
  new Promise<HostStatus>(resolve => awaited.push({ matches, resolve }))
const nextPhase = (phase: HostStatus['phase']) => next(status => status.phase === phase)
const nextAttempt = (attempt: number) => next(status => status.phase === 'restarting' && status.attempt === attempt)

beforeEach(() => {
  // the supervisor's time is virtual, the processes are real
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date'] })
  children = []
  ports = []
  phases = []
  awaited = []
  opened = []
  networks = ['192.168.1.5', '10.0.0.7']
  connected = false
  onLog = () => {}
})
afterEach(async () => {
  vi.useRealTimers()
  const stops = opened.map(supervisor => supervisor.stop(100))
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(stops)
})

test('services start once for all who want them, and mint a fresh token each time', async () => {
  const supervisor = createSupervisor('none')
  const [a, b] = await Promise.all([supervisor.start(), supervisor.start()])
  expect(a).toBe(b)
  expect(children).toHaveLength(1)
  expect(phases).toEqual(['starting', 'running'])
  expect(supervisor.status).toEqual({ phase: 'running', server: a })
  const tokens = await Promise.all([supervisor.mintOwnerToken(), supervisor.mintOwnerToken()])
  expect(new Set(tokens).size).toBe(2)
})

test('services that die are started again on the same ports', async () => {
  const supervisor = createSupervisor('none')
  await supervisor.start()
  const restarting = nextAttempt(1)
  children[0]?.kill('SIGKILL')
  await restarting
  const running = nextPhase('running')
  await vi.advanceTimersByTimeAsync(250)
  await running
  expect(children).toHaveLength(2)
  expect(ports).toEqual([
    { port: 40_000, mediaPort: 40_001 },
    { port: 40_000, mediaPort: 40_001 },
  ])
})

test('whoever wants the services while they restart waits for them', async () => {
  const supervisor = createSupervisor('none')
  await supervisor.start()
  const restarting = nextAttempt(1)
  children[0]?.kill('SIGKILL')
  await restarting
  const token = supervisor.mintOwnerToken()
  await vi.advanceTimersByTimeAsync(250)
  await expect(token).resolves.toMatch(/^token/)
})

test('the fifth crash within a minute is final, with longer pauses before each attempt', async () => {
  const supervisor = createSupervisor('crashes-at-start')
  const started = supervisor.start()
  started.catch(() => {})
  for (const [i, pauseMs] of [250, 500, 1_000, 2_000].entries()) {
    await nextAttempt(i + 1)
    await vi.advanceTimersByTimeAsync(pauseMs - 1)
    expect(children).toHaveLength(i + 1)
    await vi.advanceTimersByTimeAsync(1)
    expect(children).toHaveLength(i + 2)
  }
  await expect(started).rejects.toMatchObject({
    code: 'services-failed',
    message: expect.stringContaining('exit code 7'),
  })
  expect(supervisor.status).toMatchObject({ phase: 'failed', error: { code: 'services-failed' } })
})

test('crashes more than a minute apart do not add up', async () => {
  const supervisor = createSupervisor('none')
  await supervisor.start()
  for (let i = 0; i < 6; i++) {
    const restarting = nextAttempt(1)
    children.at(-1)?.kill('SIGKILL')
    await restarting
    const running = nextPhase('running')
    await vi.advanceTimersByTimeAsync(250)
    await running
    vi.setSystemTime(Date.now() + 61_000)
  }
  expect(supervisor.status.phase).toBe('running')
})

test('after the final failure a person may try again', async () => {
  const supervisor = createSupervisor('explains')
  await expect(supervisor.start()).rejects.toMatchObject({ code: 'media-unavailable' })
  await expect(supervisor.start()).rejects.toMatchObject({ code: 'media-unavailable' })
  expect(children).toHaveLength(2)
  expect(phases).toEqual(['starting', 'failed', 'starting', 'failed'])
})

test('services that say why they fail, and then hang, are killed', async () => {
  const supervisor = createSupervisor('explains-and-hangs')
  const started = supervisor.start()
  const refused = expect(started).rejects.toMatchObject({ code: 'storage-failed' })
  if (children[0]) await once(children[0], 'message')
  await vi.advanceTimersByTimeAsync(2_000)
  await refused
  expect(children[0]?.signalCode).toBe('SIGKILL')
})

test('when the ports of last time are taken, new ones are used', async () => {
  const supervisor = createSupervisor('port-taken', { port: 50_000, mediaPort: 50_001 })
  const server = await supervisor.start()
  expect(server.addresses).toEqual([{ host: '127.0.0.1', port: 40_000 }])
  expect(children).toHaveLength(2)
})

test('services that hang are killed after three missed pings and started again', async () => {
  const supervisor = createSupervisor('hangs')
  await supervisor.start()
  const hung = children[0]
  const restarting = nextAttempt(1)
  await vi.advanceTimersByTimeAsync(3 * 5_000)
  expect(hung?.signalCode).toBeNull()
  await vi.advanceTimersByTimeAsync(5_000)
  await restarting
  expect(hung?.signalCode).toBe('SIGKILL')
})

test('services that answer their pings are left alone', async () => {
  const supervisor = createSupervisor('none')
  await supervisor.start()
  const child = children[0]
  for (let i = 0; i < 6; i++) {
    const answered = child && once(child, 'message')
    await vi.advanceTimersByTimeAsync(5_000)
    await answered
  }
  expect(phases).toEqual(['starting', 'running'])
})

test('services that are never ready are killed', async () => {
  const supervisor = createSupervisor('never-ready')
  const started = supervisor.start()
  started.catch(() => {})
  const restarting = nextAttempt(1)
  await vi.advanceTimersByTimeAsync(30_000)
  await restarting
  expect(children[0]?.signalCode).toBe('SIGKILL')
})

test('what is not in the contract is ignored', async () => {
  await expect(createSupervisor('talks-nonsense').start()).resolves.toBeDefined()
})

test('a token that can no longer come is an error, not a wait', async () => {
  const supervisor = createSupervisor('crashes-at-token')
  await supervisor.start()
  await expect(supervisor.mintOwnerToken()).rejects.toMatchObject({ code: 'services-failed' })
})

test('stopping lets the process end by itself, and starting again works', async () => {
  const supervisor = createSupervisor('none')
  await supervisor.start()
  await Promise.all([supervisor.stop(5_000), supervisor.stop(5_000)])
  expect(children[0]?.exitCode).toBe(0)
  expect(phases).toEqual(['starting', 'running', 'stopped'])
  await supervisor.start()
  expect(supervisor.status.phase).toBe('running')
})

test('a process that will not stop is killed after the deadline', async () => {
  const supervisor = createSupervisor('will-not-stop')
  await supervisor.start()
  const stopped = supervisor.stop(5_000)
  await vi.advanceTimersByTimeAsync(5_499)
  expect(children[0]?.killed).toBe(false)
  await vi.advanceTimersByTimeAsync(1)
  await stopped
  expect(children[0]?.signalCode).toBe('SIGKILL')
})

test('on another network the services start anew on the same ports, and the meetings are kept', async () => {
  const supervisor = createSupervisor('none')
  await supervisor.start()
  networks = ['172.16.0.9']
  const [a, b] = await Promise.all([supervisor.start(), supervisor.start()])
  expect(a).toBe(b)
  expect(children.map(({ exitCode }) => exitCode)).toEqual([3, null])
  expect(ports).toEqual([
    { port: 40_000, mediaPort: 40_001 },
    { port: 40_000, mediaPort: 40_001 },
  ])
  await supervisor.mintOwnerToken()
  expect(children).toHaveLength(2)
})

test('the same networks in another order are no other network', async () => {
  const supervisor = createSupervisor('none')
  await supervisor.start()
  networks = networks.toReversed()
  await supervisor.start()
  expect(children).toHaveLength(1)
})

test('on another network the services stay as they are while a window is connected, or guests are in a meeting', async () => {
  const hosting = createSupervisor('has-guests')
  const calling = createSupervisor('none')
  await hosting.start()
  await calling.start()
  networks = ['172.16.0.9']
  await hosting.start()
  connected = true
  await calling.start()
  expect(children).toHaveLength(2)
})

test.each(['before it began', 'under way'])(
  'quitting when a move of the services is %s ends them for good',
  async when => {
    const supervisor = createSupervisor('none')
    await supervisor.start()
    networks = ['172.16.0.9']
    const moving = new Promise<void>(resolve => {
      onLog = line => line.includes('start anew') && resolve()
    })
    const moved = expect(supervisor.start()).rejects.toMatchObject({ code: 'cancelled' })
    if (when === 'under way') await moving
    await Promise.all([supervisor.stop(5_000), moved])
    expect(children).toHaveLength(1)
    expect(supervisor.status.phase).toBe('stopped')
  },
)

test('stopping between two attempts starts no third', async () => {
  const supervisor = createSupervisor('crashes-at-start')
  const started = supervisor.start()
  const refused = expect(started).rejects.toMatchObject({ code: 'cancelled' })
  await nextAttempt(1)
  await supervisor.stop(5_000)
  await refused
  await vi.advanceTimersByTimeAsync(60_000)
  expect(children).toHaveLength(1)
})
