import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { isIPv4, isIPv6, SocketAddress } from 'node:net'
import {
  bitString,
  boolean,
  explicit,
  implicit,
  octetString,
  oid,
  sequence,
  set,
  time,
  unsigned,
  utf8String,
} from './der.ts'

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
  subjectAltName: '2.5.29.17',
} as const

export interface SelfSignedOptions {
  commonName: string
  /** DNS names and IP addresses, mixed. */
  alternativeNames: readonly string[]
  notBeforeMs: number
  notAfterMs: number
}

/** A version 3 server certificate with its ECDSA P-256 key (RFC 5280, RFC 5480). @returns both as PEM */
export function createSelfSigned(options: SelfSignedOptions): { cert: string; key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid(OID.ecdsaWithSha256))
  const name = sequence(set(sequence(oid(OID.commonName), utf8String(options.commonName))))
  const version3 = explicit(0, unsigned(Buffer.of(2)))
  const toBeSigned = sequence(
    version3,
    unsigned(createSerial()),
    algorithm,
    name,
    sequence(time(options.notBeforeMs), time(options.notAfterMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, sequence(...extensions(options.alternativeNames))),
  )
  const signature = sign('sha256', toBeSigned, privateKey)
  return {
    cert: toPem('CERTIFICATE', sequence(toBeSigned, algorithm, bitString(signature))),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function extensions(alternativeNames: readonly string[]): Uint8Array[] {
  const digitalSignature = bitString(Buffer.of(0x80), 7)
  return [
    extension(OID.basicConstraints, sequence(), { critical: true }),
    extension(OID.keyUsage, digitalSignature, { critical: true }),
    extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
    extension(OID.subjectAltName, sequence(...alternativeNames.map(toGeneralName))),
  ]
}

const extension = (id: string, value: Uint8Array, { critical = false } = {}) =>
  sequence(oid(id), ...(critical ? [boolean(true)] : []), octetString(value))

function toGeneralName(name: string): Uint8Array {
  const address = toAddressBytes(name)
  return address ? implicit(7, address) : implicit(2, Buffer.from(name, 'ascii'))
}

/** 4 or 16 bytes, or null for what is no address. */
function toAddressBytes(text: string): Uint8Array | null {
  if (isIPv4(text)) return Buffer.from(text.split('.').map(Number))
  if (!isIPv6(text)) return null
  const { address } = new SocketAddress({ address: text, family: 'ipv6' })
  const [head = '', tail] = address.split('::')
  const groups = (part: string | undefined) => (part ? part.split(':') : [])
  const missing = 8 - groups(head).length - groups(tail).length
  const all = tail === undefined ? groups(head) : [...groups(head), ...Array(missing).fill('0'), ...groups(tail)]
  return Buffer.from(all.map(group => group.padStart(4, '0')).join(''), 'hex')
}

/** 16 random bytes whose first is neither 0 nor above 127: positive and in its shortest form. */
function createSerial(): Uint8Array {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40
  return bytes
}

function toPem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
