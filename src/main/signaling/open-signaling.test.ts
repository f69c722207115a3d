import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { CertificatePin } from '#contracts/invite.ts'
import { openSignaling } from './open-signaling.ts'
import { createTlsServer } from './tls-server.fixture.ts'

const wrongPin = CertificatePin.parse('A'.repeat(43))

/** Accepts connections and never says a word. */
async function createSilentServer() {
  const server = createServer(socket => socket.on('error', () => {})).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    address: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    [Symbol.dispose]: () => void server.close(),
  }
}

test('the certificate that the pin names is trusted without any authority, and frames flow', async () => {
  await using server = await createTlsServer()
  server.sockets.on('connection', socket => socket.on('message', data => socket.send(`heard ${data}`)))
  const socket = await openSignaling({ addresses: [server.address], pin: server.pin })
  socket.resume()
  socket.send('hello')
  const [reply] = await once(socket, 'message')
  expect(String(reply)).toBe('heard hello')
  socket.terminate()
})

test('with another certificate not one byte is sent, and the server is untrusted', async () => {
  await using server = await createTlsServer()
  await expect(openSignaling({ addresses: [server.address], pin: wrongPin })).rejects.toMatchObject({
    code: 'server-untrusted',
  })
  expect(server.receivedBytes()).toBe(0)
})

test('without a pin a certificate of no authority is untrusted', async () => {
  await using server = await createTlsServer()
  await expect(openSignaling({ addresses: [server.address] })).rejects.toMatchObject({ code: 'server-untrusted' })
  expect(server.receivedBytes()).toBe(0)
})

test('the right server is found beside an impostor, a silent machine and a closed port, and only it hears from us', async () => {
  await using impostor = await createTlsServer()
  using silent = await createSilentServer()
  await using server = await createTlsServer()
  const addresses = [silent.address, { host: '127.0.0.1', port: 1 }, impostor.address, server.address]
  const socket = await openSignaling({ addresses, pin: server.pin })
  expect(server.sockets.clients.size).toBe(1)
  expect(impostor.receivedBytes()).toBe(0)
  socket.terminate()
})

test('an address of IPv6 and a host name work too', async () => {
  await using six = await createTlsServer('::1')
  const bySix = await openSignaling({ addresses: [six.address], pin: six.pin })
  bySix.terminate()
  await using server = await createTlsServer()
  const byName = await openSignaling({ addresses: [{ ...server.address, host: 'localhost' }], pin: server.pin })
  byName.terminate()
})

test('nobody answering within the time is server-unreachable', async () => {
  using silent = await createSilentServer()
  await expect(openSignaling({ addresses: [silent.address], pin: wrongPin }, 200)).rejects.toMatchObject({
    code: 'server-unreachable',
  })
})

test('a closed port is server-unreachable at once', async () => {
  await expect(openSignaling({ addresses: [{ host: '127.0.0.1', port: 1 }], pin: wrongPin })).rejects.toMatchObject({
    code: 'server-unreachable',
  })
})

test('an impostor among silent machines is still told apart from an empty network', async () => {
  await using impostor = await createTlsServer()
  using silent = await createSilentServer()
  const addresses = [impostor.address, silent.address]
  await expect(openSignaling({ addresses, pin: wrongPin }, 1_000)).rejects.toMatchObject({ code: 'server-untrusted' })
})

test('a server that refuses the upgrade is unreachable, in words that name its status', async () => {
  await using server = await createTlsServer()
  server.sockets.options.path = '/elsewhere'
  await expect(openSignaling({ addresses: [server.address], pin: server.pin })).rejects.toMatchObject({
    code: 'server-unreachable',
    message: expect.stringContaining('HTTP 400'),
  })
})

test('a server that never answers the upgrade is unreachable', async () => {
  await using server = await createTlsServer()
  server.https.removeAllListeners('upgrade')
  server.https.on('upgrade', () => {})
  await expect(openSignaling({ addresses: [server.address], pin: server.pin }, 300)).rejects.toMatchObject({
    code: 'server-unreachable',
  })
})
