import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { expect, test, vi } from 'vitest'
import { createLog } from '../shared/log/log.ts'
import { mediaCodecs } from './codecs.ts'
import { WorkerPool } from './worker-pool.ts'

// Real processes and real time: a busy machine may be slow
vi.setConfig({ testTimeout: 30_000 })

const log = createLog({ level: 'silent', service: 'media' })
const loopback = ['127.0.0.1', '127.0.0.1', '::1']

test('each worker listens on its own port, the same for UDP and TCP on every address', async () => {
  const pool = await WorkerPool.create({ listenAddresses: loopback, port: 0, count: 2, log })
  const placed = await Promise.all([pool.createRouter(mediaCodecs), pool.createRouter(mediaCodecs)])
  const dumps = await Promise.all(placed.map(({ webRtcServer }) => webRtcServer.dump()))
  const endpoints = (port: number) => [
    { ip: '127.0.0.1', port },
    { ip: '::1', port },
  ]
  for (const [index, { udpSockets, tcpServers }] of dumps.entries()) {
    expect(udpSockets).toEqual(endpoints(pool.port + index))
    expect(tcpServers).toEqual(endpoints(pool.port + index))
  }
  await pool.close()
})

test('routers go to the worker that has the fewest', async () => {
  const pool = await WorkerPool.create({ listenAddresses: ['127.0.0.1'], port: 0, count: 2, log })
  const [first, second] = [await pool.createRouter(mediaCodecs), await pool.createRouter(mediaCodecs)]
  expect(first.webRtcServer.id).not.toBe(second.webRtcServer.id)
  second.router.close()
  expect((await pool.createRouter(mediaCodecs)).webRtcServer.id).toBe(second.webRtcServer.id)
  await pool.close()
})

test('a taken port is an error that says so', async () => {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const opening = WorkerPool.create({ listenAddresses: ['127.0.0.1'], port, count: 1, log })
  await expect(opening).rejects.toMatchObject({
    code: 'media-unavailable',
    message: expect.stringContaining(`${port}`),
  })
  socket.close()
})

test('a port can be used again as soon as the pool that had it is closed', async () => {
  const options = { listenAddresses: ['127.0.0.1'], count: 1, log }
  const first = await WorkerPool.create({ ...options, port: 0 })
  await first.close()
  const second = await WorkerPool.create({ ...options, port: first.port })
  expect(second.port).toBe(first.port)
  await second.close()
})

test('while its only worker is being replaced a pool makes the asker wait, not fail', async () => {
  const pool = await WorkerPool.create({ listenAddresses: ['127.0.0.1'], port: 0, count: 1, log })
  const { router } = await pool.createRouter(mediaCodecs)
  const [pid] = pool.pids
  if (!pid) throw new Error('no worker')
  process.kill(pid, 'SIGKILL')
  await once(router, 'workerclose')
  expect(pool.pids).toEqual([])
  const { webRtcServer } = await pool.createRouter(mediaCodecs)
  expect(webRtcServer.closed).toBe(false)
  expect(pool.pids).toHaveLength(1)
  await pool.close()
})
