import { connect, type TLSSocket } from 'node:tls'
import { CodedError } from '#contracts/errors.ts'
import type { CertificatePin, ServerAddress } from '#contracts/invite.ts'
import { pinOf } from './certificate.ts'

const DEADLINE_MS = 15_000

/**
 * Connects to the server that has this certificate: it proves so before a byte of ours is sent.
 * @throws {CodedError} `server-unreachable`, `server-untrusted`
 */
export async function connectPinned({ host, port }: ServerAddress, pin: CertificatePin): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>()
  const socket = connect({ host, port, rejectUnauthorized: false, timeout: DEADLINE_MS }, () => {
    if (pinOf(socket.getPeerCertificate().raw) === pin) return resolve(socket.setTimeout(0))
    reject(new CodedError('server-untrusted', `Who answers at ${host}, port ${port}, is not the server of this link.`))
    socket.destroy()
  })
  const unreachable = (cause?: Error) =>
    reject(new CodedError('server-unreachable', `Nobody answers at ${host}, port ${port}.`, { cause }))
  socket.once('error', unreachable)
  socket.once('timeout', () => {
    unreachable()
    socket.destroy()
  })
  return promise
}
