import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, createServer } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadServerCertificate, pinOf } from './certificate.ts'
import { listLanAddresses } from './local-addresses.ts'
import { createSelfSigned } from './self-signed.ts'

const DAY_MS = 86_400_000
const firstRunMs = Date.UTC(2026, 5, 1)

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-tls-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const load = (nowMs = firstRunMs) => loadServerCertificate({ dataDir, now: () => nowMs })

describe('the server certificate', () => {
  test('is a P-256 certificate for localhost and this machine, valid for about two years', async () => {
    const { cert, expiresAtMs } = await load()
    const parsed = new X509Certificate(cert)
    expect(parsed.publicKey.asymmetricKeyDetails?.namedCurve).toBe('prime256v1')
    expect(parsed.checkHost('localhost')).toBe('localhost')
    for (const address of ['127.0.0.1', '::1', ...listLanAddresses()]) expect(parsed.checkIP(address)).toBeDefined()
    expect(parsed.ca).toBe(false)
    expect(expiresAtMs - firstRunMs).toBe(730 * DAY_MS)
  })

  test('is presented by a TLS 1.3 server under the pin that invites carry', async () => {
    const { cert, key, pin } = await load()
    const server = createServer({ cert, key }, socket => socket.end())
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const client = connect({
      port: (server.address() as AddressInfo).port,
      host: '127.0.0.1',
      rejectUnauthorized: false,
    })
    try {
      await once(client, 'secureConnect')
      expect(client.getProtocol()).toBe('TLSv1.3')
      expect(pinOf(client.getPeerCertificate().raw)).toBe(pin)
    } finally {
      client.destroy()
      server.close()
    }
  })

  test('stays the same over restarts, and for all who open a new folder at once', async () => {
    const pins = await Promise.all([load(), load(), load()])
    expect(new Set([...pins, await load(firstRunMs + 600 * DAY_MS)].map(({ pin }) => pin)).size).toBe(1)
  })

  test('is made anew once less than 30 days are left', async () => {
    const first = await load()
    expect((await load(firstRunMs + 700 * DAY_MS)).pin).toBe(first.pin)
    const renewed = await load(firstRunMs + 700 * DAY_MS + 1)
    expect(renewed.pin).not.toBe(first.pin)
    expect(renewed.expiresAtMs).toBeGreaterThan(first.expiresAtMs)
  })

  test('is kept with its key in a file that only its owner reads', async () => {
    await load()
    expect((await stat(join(dataDir, 'certificate.json'))).mode & 0o777).toBe(0o600)
  })

  test('that is damaged stops the start with a sentence, and is not replaced', async () => {
    const path = join(dataDir, 'certificate.json')
    await writeFile(path, '{"cert":"x","key":"y"}')
    await expect(load()).rejects.toThrow(/Move it away/)
    expect(await readFile(path, 'utf8')).toBe('{"cert":"x","key":"y"}')
  })
})

test('a certificate carries names and addresses of every kind, and years after 2049', () => {
  const { cert } = createSelfSigned({
    commonName: 'Ünïcode',
    alternativeNames: ['meet.example.org', '10.0.0.7', 'fe80::1:2', '2001:db8:1:2:3:4:5:6', '::'],
    notBeforeMs: Date.UTC(2049, 11, 31, 23, 59, 58),
    notAfterMs: Date.UTC(2050, 0, 1, 0, 0, 1),
  })
  const parsed = new X509Certificate(cert)
  expect(parsed.subject).toBe('CN=Ünïcode')
  expect(parsed.verify(parsed.publicKey)).toBe(true)
  expect(parsed.subjectAltName).toBe(
    'DNS:meet.example.org, IP Address:10.0.0.7, IP Address:FE80:0:0:0:0:0:1:2, ' +
      'IP Address:2001:DB8:1:2:3:4:5:6, IP Address:0:0:0:0:0:0:0:0',
  )
  expect(parsed.validToDate.getTime() - parsed.validFromDate.getTime()).toBe(3_000)
})

test('addresses of container bridges come after those of real networks; loopback and link-local ones not at all', () => {
  const ipv4 = (address: string, internal = false) => ({
    address,
    internal,
    family: 'IPv4' as const,
    netmask: '255.255.255.0',
    mac: '00:00:00:00:00:00',
    cidr: `${address}/24`,
  })
  expect(
    listLanAddresses({
      lo: [ipv4('127.0.0.1', true)],
      docker0: [ipv4('172.17.0.1')],
      eth0: [ipv4('192.168.1.5'), ipv4('169.254.3.3')],
      wlan0: [ipv4('10.0.0.7')],
    }),
  ).toEqual(['192.168.1.5', '10.0.0.7', '172.17.0.1'])
})
