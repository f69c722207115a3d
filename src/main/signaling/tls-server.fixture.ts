import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import { CertificatePin, type ServerAddress } from '#contracts/invite.ts'

/** A host as the app meets it: TLS with a certificate of its own, and a socket at `/v1/signaling`. */
export interface TlsServer extends AsyncDisposable {
  https: Server
  sockets: WebSocketServer
  address: ServerAddress
  pin: CertificatePin
  /** Bytes that arrived inside of TLS. */
  receivedBytes(): number
}

export async function createTlsServer(host = '127.0.0.1'): Promise<TlsServer> {
  const { der, cert, key } = selfSigned()
  const https = createServer({ cert, key })
  let received = 0
  https.on('secureConnection', socket => {
    socket.on('data', chunk => {
      received += chunk.length
    })
    socket.on('error', () => {})
  })
  const sockets = new WebSocketServer({ server: https, path: '/v1/signaling' })
  https.listen(0, host)
  await once(https, 'listening')
  return {
    https,
    sockets,
    address: { host, port: (https.address() as AddressInfo).port },
    pin: CertificatePin.parse(createHash('sha256').update(der).digest('base64url')),
    receivedBytes: () => received,
    async [Symbol.asyncDispose]() {
      for (const client of sockets.clients) client.terminate()
      https.closeAllConnections()
      await new Promise(resolve => https.close(resolve))
    },
  }
}

/** The smallest certificate that Node serves (RFC 5280, section 4.1): no names, no extensions, each with a new key. */
function selfSigned() {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const sequence = (...parts: Uint8Array[]) => tlv(0x30, ...parts)
  const ecdsaWithSha256 = sequence(tlv(0x06, Buffer.from('2a8648ce3d040302', 'hex')))
  const noName = sequence()
  const tbs = sequence(
    tlv(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ecdsaWithSha256,
    noName,
    sequence(tlv(0x17, Buffer.from('200101000000Z')), tlv(0x17, Buffer.from('490101000000Z'))),
    noName,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = tlv(0x03, Buffer.from([0]), sign('sha256', tbs, privateKey))
  const der = sequence(tbs, ecdsaWithSha256, signature)
  return {
    der,
    cert: `-----BEGIN CERTIFICATE-----\n${der.toString('base64')}\n-----END CERTIFICATE-----`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
  }
}

/** One DER element (X.690, section 8.1): tag, length, contents. */
function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  const contents = Buffer.concat(parts)
  const size = contents.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), contents])
}
