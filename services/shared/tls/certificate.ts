import { createHash, createPrivateKey, X509Certificate } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'
import { CertificatePin } from '#contracts/invite.ts'
import { createPrivateFile, readPrivateFile, writePrivateFile } from '../data-dir/private-file.ts'
import { LOOPBACK, listLanAddresses } from './local-addresses.ts'
import { createSelfSigned } from './self-signed.ts'

export interface ServerCertificate {
  /** PEM. */
  cert: string
  /** PEM, PKCS #8. */
  key: string
  /** What invites carry, so that a joining app knows this server by it alone. */
  pin: CertificatePin
  expiresAtMs: number
}

const DAY_MS = 86_400_000
/** Two years: links in calendars keep working, and 825 days is the most that some systems accept. */
const VALID_MS = 730 * DAY_MS
const RENEW_BEFORE_MS = 30 * DAY_MS
/** Clocks of machines on a network differ. */
const BACKDATE_MS = DAY_MS

const StoredCertificate = z.object({ cert: z.string(), key: z.string() })

/**
 * The server's self-signed certificate: made on the first run, made anew when less than 30 days are left. A new one has
 * a new pin, so links from before stop working; nothing else makes a new one, a changed address in particular.
 * @throws {CodedError} `storage-failed` when the stored file can't be used
 */
export async function loadServerCertificate({
  dataDir,
  now = Date.now,
}: {
  dataDir: string
  now?: () => number
}): Promise<ServerCertificate> {
  const path = join(dataDir, 'certificate.json')
  const stored = await readPrivateFile(path)
  if (stored === null) return parseStored(path, await createPrivateFile(path, generate(now())))
  const certificate = parseStored(path, stored)
  if (certificate.expiresAtMs - now() >= RENEW_BEFORE_MS) return certificate
  const renewed = generate(now())
  await writePrivateFile(path, renewed)
  return parseStored(path, renewed)
}

/** SHA-256 of the DER form (contracts/invite.ts). */
export const pinOf = (der: Uint8Array): CertificatePin =>
  CertificatePin.parse(createHash('sha256').update(der).digest('base64url'))

function parseStored(path: string, text: string): ServerCertificate {
  try {
    const { cert, key } = StoredCertificate.parse(JSON.parse(text))
    const parsed = new X509Certificate(cert)
    if (!parsed.checkPrivateKey(createPrivateKey(key))) throw new Error('the key is of another certificate')
    return { cert, key, pin: pinOf(parsed.raw), expiresAtMs: parsed.validToDate.getTime() }
  } catch (cause) {
    throw new CodedError(
      'storage-failed',
      `The certificate file ${path} is damaged. Move it away and start again: people then need a new link.`,
      { cause },
    )
  }
}

function generate(nowMs: number): string {
  const { cert, key } = createSelfSigned({
    commonName: 'Parley',
    alternativeNames: alternativeNames(),
    notBeforeMs: nowMs - BACKDATE_MS,
    notAfterMs: nowMs + VALID_MS,
  })
  return `${JSON.stringify({ cert, key })}\n`
}

/** A machine's name may hold what a certificate's may not. */
function alternativeNames(): string[] {
  const machine = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(hostname()) ? [hostname()] : []
  return [...new Set(['localhost', ...machine, LOOPBACK, '::1', ...listLanAddresses()])]
}
