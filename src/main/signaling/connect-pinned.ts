import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { CodedError } from '#contracts/errors.ts'
import type { CertificatePin, ServerAddress, ServerTarget } from '#contracts/invite.ts'

/** Between two attempts at a server's addresses, so that the first has a chance to answer alone (RFC 8305, section 5). */
const STAGGER_MS = 100

export interface PinnedSocket {
  socket: TLSSocket
  address: ServerAddress
}

/**
 * Tries the addresses side by side and keeps the first whose TLS handshake ends with the certificate that the pin
 * names, or, without a pin, with one of a public authority. Nothing but the handshake has been sent on the socket.
 * @throws {CodedError} `server-untrusted` if somebody answered, but nobody with that certificate; else `server-unreachable`
 */
export async function connectPinned({ addresses, pin }: ServerTarget, signal: AbortSignal): Promise<PinnedSocket> {
  const losers = new AbortController()
  const attempts = addresses.map(async (address, i) => {
    await pause(i * STAGGER_MS, losers.signal)
    return { address, socket: await handshake(address, pin, AbortSignal.any([signal, losers.signal])) }
  })
  try {
    return await Promise.any(attempts)
  } catch (error) {
    const failures: unknown[] = error instanceof AggregateError ? error.errors : [error]
    throw failures.find(isUntrusted) ?? unreachable(failures[0])
  } finally {
    losers.abort()
    for (const attempt of attempts) attempt.catch(() => {})
  }
}

export const unreachable = (cause: unknown) =>
  new CodedError(
    'server-unreachable',
    'The meeting’s server does not answer. Check that you are on the same network as the host, or ask for a new link.',
    { cause },
  )

function handshake(
  { host, port }: ServerAddress,
  pin: CertificatePin | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      minVersion: 'TLSv1.2',
      ALPNProtocols: ['http/1.1'],
      // a literal address is no server name (RFC 6066, section 3)
      ...(isIP(host) ? {} : { servername: host }),
      // the pin is compared below, and is the stricter test: one certificate instead of any that an authority vouches for
      rejectUnauthorized: pin === undefined,
    })
    const settle = () => {
      signal.removeEventListener('abort', abort)
      socket.off('error', failed).off('close', closed).off('secureConnect', secured)
    }
    const fail = (error: unknown) => {
      settle()
      socket.on('error', () => {})
      socket.destroy()
      reject(error)
    }
    const abort = () => fail(signal.reason)
    const failed = (error: Error) => fail(isCertificateError(error) ? untrusted(error) : error)
    const closed = () => fail(new Error('closed during the handshake'))
    const secured = () => {
      const certificate = socket.getPeerX509Certificate()
      if (pin && (!certificate || pinOf(certificate.raw) !== pin)) return fail(untrusted())
      settle()
      resolve(socket)
    }
    socket.on('error', failed).on('close', closed).on('secureConnect', secured)
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort)
  })
}

/** @param der the certificate */
const pinOf = (der: Uint8Array) => createHash('sha256').update(der).digest('base64url')

const untrusted = (cause?: unknown) =>
  new CodedError(
    'server-untrusted',
    'Another computer answered in place of the meeting’s host, so Parley did not connect. Ask the host for a new link.',
    { cause },
  )
const isUntrusted = (error: unknown) => error instanceof CodedError && error.code === 'server-untrusted'

/** What Node says when the chain or the name does not verify, as opposed to a network that failed. */
function isCertificateError(error: Error & { code?: string }): boolean {
  return error.code !== undefined && /CERT|ERR_TLS_CERT_ALTNAME_INVALID|UNABLE_TO_VERIFY/.test(error.code)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms === 0) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}
