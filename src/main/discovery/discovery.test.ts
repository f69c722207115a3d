import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { MeetingCode } from '#contracts/ids.ts'
import { createLog } from '../app/log.ts'
import { deriveCodeKeys } from './code-keys.ts'
import { createQuery, FoundServer } from './datagrams.ts'
import { discover } from './discover.ts'
import { DiscoveryResponder } from './discovery-responder.ts'
import { GROUP, localNetworks } from './local-networks.ts'

// deriving keys from a code is slow on purpose, and slower still on a busy machine
vi.setConfig({ testTimeout: 30_000 })

const code = MeetingCode.parse('abc-defg-hij')
const otherCode = MeetingCode.parse('xyz-wxyz-xyz')
const server = FoundServer.parse({
  addresses: [
    { host: '10.0.0.1', port: 7443 },
    { host: '127.0.0.1', port: 7443 },
  ],
  pin: 'P'.repeat(43),
})
const loopback = { address: '127.0.0.1', broadcast: null }

let port: number
let responders: DiscoveryResponder[]
const createResponder = () => {
  const responder = new DiscoveryResponder(
    createLog(() => {}),
    port,
  )
  responders.push(responder)
  return responder
}
const find = (wanted: MeetingCode, timeoutMs = 3_000) => discover(wanted, { port, timeoutMs, networks: [loopback] })

beforeEach(async () => {
  // a port that nobody uses, this machine's own app included
  const probe = createSocket('udp4').bind(0, '127.0.0.1')
  await once(probe, 'listening')
  port = probe.address().port
  probe.close()
  responders = []
})
afterEach(() => {
  for (const responder of responders) responder.close()
})

test('a hosted meeting is found by its code, first where the answer came from', async () => {
  await createResponder().serve(server, [otherCode, code])
  expect(await find(code)).toEqual({
    addresses: [
      { host: '127.0.0.1', port: 7443 },
      { host: '10.0.0.1', port: 7443 },
    ],
    pin: server.pin,
  })
})

test('of two hosts on one machine each is found by its own code', async () => {
  const other = { ...server, pin: FoundServer.shape.pin.parse('Q'.repeat(43)) }
  await createResponder().serve(server, [code])
  await createResponder().serve(other, [otherCode])
  expect((await find(code))?.pin).toBe(server.pin)
  expect((await find(otherCode))?.pin).toBe(other.pin)
})

test('a code that nobody hosts, or no longer, is not found', async () => {
  const responder = createResponder()
  await responder.serve(server, [otherCode])
  expect(await find(code, 500)).toBeNull()
  await responder.serve(server, [code])
  expect(await find(code)).not.toBeNull()
  await responder.serve(null, [code])
  expect(await find(code, 500)).toBeNull()
})

test('without networks nothing is found, and nothing fails', async () => {
  expect(await discover(code, { port, timeoutMs: 50, networks: [] })).toBeNull()
  const gone = { address: '203.0.113.77', broadcast: '203.0.113.255' }
  expect(await discover(code, { port, timeoutMs: 50, networks: [gone] })).toBeNull()
})

describe('a flood', () => {
  test('of right questions gets a few answers a second, not one each', async () => {
    await createResponder().serve(server, [code])
    await find(code)
    vi.useFakeTimers({ toFake: ['performance'] })
    vi.advanceTimersByTime(10_000)
    const { datagram } = createQuery(await deriveCodeKeys(code))
    const socket = createSocket('udp4').bind(0, '127.0.0.1')
    await once(socket, 'listening')
    let answers = 0
    socket.on('message', () => answers++)
    for (let i = 0; i < 50; i++) socket.send(datagram, port, '127.0.0.1')
    await vi.waitFor(() => expect(answers).toBe(5))
    // all fifty were heard by the time that a later answer would be here
    vi.advanceTimersByTime(1_000)
    socket.send(datagram, port, '127.0.0.1')
    await vi.waitFor(() => expect(answers).toBe(6))
    socket.close()
    vi.useRealTimers()
  })
})

test('every network has its broadcast address, the machine itself has none', () => {
  const of = (address: string, netmask: string, internal = false) => ({
    ...{ address, netmask, internal, family: 'IPv4' as const, mac: '', cidr: null },
  })
  const interfaces = {
    lo: [of('127.0.0.1', '255.0.0.0', true)],
    wlan0: [of('192.168.1.5', '255.255.255.0'), of('10.1.2.3', '255.255.240.0')],
  }
  expect(localNetworks(interfaces)).toEqual([
    { address: '127.0.0.1', broadcast: null },
    { address: '192.168.1.5', broadcast: '192.168.1.255' },
    { address: '10.1.2.3', broadcast: '10.1.15.255' },
  ])
  expect(GROUP).toMatch(/^239\.255\./)
})
