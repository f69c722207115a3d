import { isIP } from 'node:net'
import { WebSocket } from 'ws'
import { CodedError } from '#contracts/errors.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import { MAX_SOCKET_BYTES } from '#contracts/signaling/envelope.ts'
import { connectPinned, unreachable } from './connect-pinned.ts'

const PATH = '/v1/signaling'
const TIMEOUT_MS = 5_000

/**
 * The signaling socket of a server, open, over a TLS connection whose certificate was checked before the upgrade was asked for.
 * It is paused: resume it once somebody listens.
 * @throws {CodedError} `server-unreachable`, `server-untrusted`
 */
export async function openSignaling(server: ServerTarget, timeoutMs = TIMEOUT_MS): Promise<WebSocket> {
  const signal = AbortSignal.timeout(timeoutMs)
  const { socket, address } = await connectPinned(server, signal)
  const host = isIP(address.host) === 6 ? `[${address.host}]` : address.host
  const webSocket = new WebSocket(`wss://${host}:${address.port}${PATH}`, {
    createConnection: () => socket,
    perMessageDeflate: false,
    maxPayload: MAX_SOCKET_BYTES,
  })
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      signal.removeEventListener('abort', abort)
      webSocket.on('error', () => {})
      webSocket.terminate()
      socket.destroy()
      reject(error)
    }
    const abort = () => fail(unreachable(signal.reason))
    signal.addEventListener('abort', abort)
    webSocket.once('error', error => fail(unreachable(error)))
    webSocket.once('unexpected-response', (_, { statusCode }) => fail(refused(statusCode)))
    webSocket.once('open', () => {
      signal.removeEventListener('abort', abort)
      webSocket.removeAllListeners()
      webSocket.pause()
      resolve(webSocket)
    })
  })
}

const refused = (status = 0) =>
  new CodedError(
    'server-unreachable',
    `The meeting’s server answered, but refused the connection (HTTP ${status}). Try again later.`,
  )
