import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { get } from 'node:https'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { parseInvite } from '#contracts/invite.ts'
import { MediaService } from './media/media-service.ts'
import { newMeeting } from './new-meeting.ts'
import { type Config, readConfig } from './shared/config/config.ts'
import { TestClient } from './shared/fixtures/test-client.ts'
import { createLog } from './shared/log/log.ts'
import { openSqliteRecords } from './shared/records/records.ts'
import { type Server, startServer } from './start-server.ts'

// Whole servers are started here; a busy machine takes its time
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

const log = createLog({ level: 'silent' })
let dataDir: string
let servers: Server[]
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-server-'))
  servers = []
})
afterEach(async () => {
  await Promise.all(servers.map(server => server.stop()))
  await rm(dataDir, { recursive: true, force: true })
})

const configOf = (over: Partial<Config> = {}): Config => {
  const { config } = readConfig({ env: {}, argv: [] })
  return { ...config, host: '127.0.0.1', port: 0, mediaPort: 0, dataDir, stopDeadlineMs: 4_000, ...over }
}
async function start(over: Partial<Config> = {}): Promise<Server> {
  const server = await startServer(configOf(over), { log })
  servers.push(server)
  return server
}

async function createMeeting() {
  const invite = parseInvite(await newMeeting({ dataDir, title: 'Team' }))
  if (invite.kind !== 'link') throw new Error('not a link')
  return invite.invite
}

async function fetchText(port: number, path: string) {
  const asked = get({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false })
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode, text }
}

async function fetchReadiness(port: number) {
  const { status, text } = await fetchText(port, '/readyz')
  return { status, ...JSON.parse(text) }
}

describe('all services in one process', () => {
  test('start in order, are ready, and stop in reverse', async () => {
    const server = await start()
    const names = ['data-dir', 'metrics', 'records', 'keys', 'messaging', 'http', 'meeting', 'media', 'signaling', 'ai']
    const parts = [...names, 'delivery', 'listener', 'running-file'].map(name => ({ name, state: 'running' }))
    expect(await fetchReadiness(server.port)).toEqual({ status: 200, ready: true, parts })
    expect(server.mediaPort).toBeGreaterThan(0)
    await server.stop()
    expect(new Set(server.states().map(({ state }) => state))).toEqual(new Set(['stopped']))
    await expect(fetchReadiness(server.port)).rejects.toThrow()
  })

  test('carry a meeting from its link to its end when the host quits', async () => {
    const server = await start()
    const { code, server: target } = await createMeeting()
    expect(target).toEqual(server.target)
    using host = await TestClient.connectTo(target)
    const { routerRtpCapabilities, meeting } = await host.request('lobby.enter', { code })
    expect(meeting).toMatchObject({ title: 'Team', state: 'created' })
    const { token: ownerToken } = await server.mintOwnerToken()
    const hostGrant = await host.request('grant.request', { code, displayName: 'Ada', ownerToken })
    expect(await host.request('session.open', { token: hostGrant.token })).toMatchObject({ role: 'host', peers: [] })
    await host.request('webrtc.offer', { rtpCapabilities: routerRtpCapabilities })
    expect((await host.notification('webrtc.answer')).sendTransport.iceCandidates.map(({ port }) => port)).toContain(
      server.mediaPort,
    )

    using guest = await TestClient.connectTo(target)
    const guestGrant = await guest.request('grant.request', { code, displayName: 'Bo' })
    const opened = await guest.request('session.open', { token: guestGrant.token })
    expect(opened).toMatchObject({ role: 'participant', displayName: 'Bo' })
    expect((await host.notification('peer.joined')).peer).toMatchObject({ peerId: opened.peerId, displayName: 'Bo' })

    const { text: metrics } = await fetchText(server.port, '/metrics')
    expect(metrics).toContain('parley_live_meetings 1')
    expect(metrics).toContain('parley_present_peers 2')
    expect(metrics).toMatch(/parley_signaling_sockets \d/)
    expect(metrics).toContain('parley_signaling_sessions 2')
    expect(metrics).toMatch(/parley_messaging_outcomes_total{.*name="meeting_user_join".*outcome="handled"} 2/)

    const told = Promise.all([host, guest].map(client => client.notification('meeting.ended')))
    await server.stop({ endMeetings: 'host-quit' })
    expect(await told).toEqual([{ reason: 'host-quit' }, { reason: 'host-quit' }])
    await Promise.all([host.closed, guest.closed])
    await using records = await openSqliteRecords(join(dataDir, 'records.sqlite'))
    expect(await records.meetings.findByCode(code)).toMatchObject({ endReason: 'host-quit' })
  })

  test('go on after a restart: same certificate, same meeting, and a client takes its seat again with its old grant', async () => {
    const first = await start()
    const { code, server: target } = await createMeeting()
    using before = await TestClient.connectTo(target)
    const { token } = await before.request('grant.request', { code, displayName: 'Ada' })
    const { peerId } = await before.request('session.open', { token })
    await first.stop()
    await before.closed

    const second = await start({ port: first.port })
    expect(second.target).toEqual(first.target)
    using after = await TestClient.connectTo(target)
    expect(await after.request('session.open', { token })).toMatchObject({ peerId, meeting: { code } })
    using guest = await TestClient.connectTo(target)
    const guestGrant = await guest.request('grant.request', { code, displayName: 'Bo' })
    const { peers } = await guest.request('session.open', { token: guestGrant.token })
    const seen = peers.length > 0 ? peers : [(await guest.notification('peer.joined')).peer]
    expect(seen).toMatchObject([{ peerId, displayName: 'Ada' }])
  })

  test('are refused when the port is taken, in a sentence, and leave nothing behind', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const address = other.address()
    const port = typeof address === 'object' && address ? address.port : 0
    try {
      await expect(start({ port })).rejects.toThrow(`Port ${port} is taken by another program.`)
    } finally {
      other.close()
    }
    await start({ port })
  })

  test('are refused when another server has the data folder', async () => {
    await start()
    await expect(start()).rejects.toThrow(/Another Parley server uses the folder/)
  })

  test('asked to stop while they start, stop', async () => {
    const abort = new AbortController()
    const starting = startServer(configOf(), { log, signal: abort.signal })
    abort.abort()
    await expect(starting).rejects.toThrow(expect.objectContaining({ code: 'cancelled' }))
    await start()
  })
})

test('the three that ask each other start without the others, and none of them without the rest', async () => {
  const server = await start({ only: ['signaling', 'meeting', 'media'] })
  const { status, parts } = await fetchReadiness(server.port)
  expect(status).toBe(200)
  expect(parts.map(({ name }: { name: string }) => name)).not.toContain('ai')
  await server.stop()
  await expect(start({ only: ['meeting', 'ai'] })).rejects.toThrow(
    /^PARLEY_ONLY leaves out signaling and media, which are needed: only with Redis/,
  )
})

test('a server is not ready while no media worker runs', async () => {
  const server = await start()
  const { text: metrics } = await fetchText(server.port, '/metrics')
  expect(metrics).toContain('parley_media_workers_alive 1')
  const status = vi.spyOn(MediaService.prototype, 'status')
  onTestFinished(() => status.mockRestore())
  status.mockReturnValue({ workersAlive: 0, workersWanted: 1, workerPids: [], rooms: 0, peers: 0 })
  const readiness = await fetchReadiness(server.port)
  expect(readiness).toMatchObject({ status: 503, ready: false })
  expect(readiness.parts).toContainEqual({ name: 'media', state: 'failed' })
})

test('a meeting is made only on a server that runs, and that has the certificate of its folder', async () => {
  await expect(newMeeting({ dataDir, title: 'Team' })).rejects.toThrow(/No server runs in/)
  const server = await start()
  await server.stop()
  await expect(newMeeting({ dataDir, title: 'Team' })).rejects.toThrow(/No server runs in/)
})
