import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { get, type RequestOptions, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { PartState } from '../lifecycle/lifecycle.ts'
import { createLog } from '../log/log.ts'
import { createMetrics, type Metrics } from '../metrics/metrics.ts'
import { loadServerCertificate } from '../tls/certificate.ts'
import { listLanAddresses } from '../tls/local-addresses.ts'
import { createHttpServer, type HttpServer } from './http-server.ts'

let dataDir: string
let metrics: Metrics
let http: HttpServer
let port: number
let states: { name: string; state: PartState }[]

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-http-'))
  metrics = createMetrics()
  states = [{ name: 'records', state: 'running' }]
  http = await open()
  port = (await http.listen({ host: '0.0.0.0', port: 0 })).port
})
afterEach(async () => {
  await http.close()
  metrics.close()
  await rm(dataDir, { recursive: true, force: true })
})

const open = async () =>
  createHttpServer({
    certificate: await loadServerCertificate({ dataDir }),
    metrics,
    log: createLog({ level: 'silent', service: 'http' }),
    states: () => states,
  })

async function fetchText(path: string, options: RequestOptions = {}) {
  const asked = get({ host: '127.0.0.1', port, path, rejectUnauthorized: false, agent: false, ...options })
  const [response] = await once(asked, 'response')
  let text = ''
  for await (const chunk of response) text += chunk
  return { status: response.statusCode as number, headers: response.headers, text }
}

describe('the HTTPS server', () => {
  test('says that it lives, and not what it is made of', async () => {
    const { status, headers, text } = await fetchText('/healthz')
    expect([status, JSON.parse(text)]).toEqual([200, { ok: true }])
    expect(headers).not.toHaveProperty('server')
    expect(headers).not.toHaveProperty('x-powered-by')
  })

  test('is ready while all parts run, and names the one that does not', async () => {
    expect((await fetchText('/readyz')).status).toBe(200)
    states = [...states, { name: 'media', state: 'stopping' }]
    const { status, text } = await fetchText('/readyz')
    expect(status).toBe(503)
    expect(JSON.parse(text)).toEqual({ ready: false, parts: states })
  })

  test('gives its metrics to this machine', async () => {
    metrics.gauge('live_meetings', 'Meetings that people are in.', () => 3)
    const { status, text } = await fetchText('/metrics')
    expect(status).toBe(200)
    expect(text).toContain('parley_live_meetings 3')
    expect(text).toContain('parley_process_cpu_seconds_total')
  })

  test.runIf(listLanAddresses().length > 0)('refuses its metrics to callers over the network', async () => {
    const { status, text } = await fetchText('/metrics', { host: listLanAddresses()[0] })
    expect(status).toBe(403)
    expect(JSON.parse(text).error.code).toBe('forbidden')
  })

  test('answers unknown paths and oversized bodies with coded errors', async () => {
    const { status, text } = await fetchText('/wp-admin')
    expect([status, JSON.parse(text).error.code]).toEqual([404, 'unknown-request'])
    const posted = request({
      host: '127.0.0.1',
      port,
      path: '/healthz',
      method: 'POST',
      rejectUnauthorized: false,
      agent: false,
    })
    posted.setHeader('content-type', 'application/json')
    posted.end(JSON.stringify({ junk: 'x'.repeat(100_000) }))
    const [response] = await once(posted, 'response')
    response.resume()
    expect([404, 413]).toContain(response.statusCode)
    expect((await fetchText('/healthz')).status).toBe(200)
  })

  test('speaks TLS 1.3, and nothing older than 1.2', async () => {
    const modern = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    await once(modern, 'secureConnect')
    expect(modern.getProtocol()).toBe('TLSv1.3')
    modern.destroy()
    const old = connect({
      host: '127.0.0.1',
      port,
      rejectUnauthorized: false,
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
    })
    await expect(once(old, 'secureConnect')).rejects.toThrow()
  })

  test('says in a sentence that a port is taken', async () => {
    const second = await open()
    try {
      await expect(second.listen({ host: '0.0.0.0', port })).rejects.toThrow(/Port \d+ is taken by another program/)
    } finally {
      await second.close()
    }
  })

  test('closes connections that were upgraded to something else', async () => {
    http.server.on('upgrade', (_, socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n')
    })
    const upgrading = request({
      host: '127.0.0.1',
      port,
      path: '/v1/signaling',
      rejectUnauthorized: false,
      agent: false,
      headers: { connection: 'Upgrade', upgrade: 'echo' },
    })
    upgrading.end()
    const [, socket] = await once(upgrading, 'upgrade')
    socket.on('error', () => {})
    const closed = once(socket, 'close')
    await http.close()
    await closed
  })
})
