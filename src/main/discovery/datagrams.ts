import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { CertificatePin, ServerAddress } from '#contracts/invite.ts'
import type { CodeKeys } from './code-keys.ts'

/** Fits a datagram that no network splits. Queries are as long as this, so that no answer is longer than its query. */
export const MAX_DATAGRAM_BYTES = 1_200

/** Where a host listens and which certificate is its. Always with a pin: here nobody else vouches for it. */
export const FoundServer = z.object({ addresses: z.array(ServerAddress).min(1).max(8), pin: CertificatePin })
export type FoundServer = z.infer<typeof FoundServer>

const nonce = z.string().regex(/^[A-Za-z0-9_-]{22}$/)
const proof = z.string().regex(/^[A-Za-z0-9_-]{43}$/)
const Query = z.object({ parley: z.literal(1), query: nonce, proof }).strict()
const Answer = z.object({ parley: z.literal(1), answer: nonce, server: z.string().max(1_000), proof }).strict()

/** Asks all who listen: who hosts the code that these keys come from? @returns the datagram and the nonce to match answers by */
export function createQuery(keys: CodeKeys): { nonce: string; datagram: Buffer } {
  const nonce = randomBytes(16).toString('base64url')
  return { nonce, datagram: pad(encode({ parley: 1, query: nonce, proof: prove(keys.query, 'query', nonce) })) }
}

/** @returns a query's nonce and the keys among `known` that its sender proved to know; null for anything else */
export function readQuery(datagram: Buffer, known: Iterable<CodeKeys>): { nonce: string; keys: CodeKeys } | null {
  // a shorter one, under somebody else's address, would turn the host into an amplifier
  if (datagram.length !== MAX_DATAGRAM_BYTES) return null
  const query = Query.safeParse(decode(datagram)).data
  if (!query) return null
  for (const keys of known) {
    if (matches(query.proof, prove(keys.query, 'query', query.query))) return { nonce: query.query, keys }
  }
  return null
}

export function createAnswer(nonce: string, keys: CodeKeys, { addresses, pin }: FoundServer): Buffer {
  // text inside of text: what is proved is exactly the bytes that are parsed
  const server = JSON.stringify({ addresses, pin })
  const datagram = encode({ parley: 1, answer: nonce, server, proof: prove(keys.answer, 'answer', nonce, server) })
  return datagram.length <= MAX_DATAGRAM_BYTES || addresses.length === 1
    ? datagram
    : createAnswer(nonce, keys, { addresses: addresses.slice(0, -1), pin })
}

/** @returns where the host listens; null unless the answer is to this nonce and by somebody who knows the code */
export function readAnswer(datagram: Buffer, nonce: string, keys: CodeKeys): FoundServer | null {
  const answer = Answer.safeParse(decode(datagram)).data
  if (!answer || answer.answer !== nonce) return null
  if (!matches(answer.proof, prove(keys.answer, 'answer', nonce, answer.server))) return null
  return FoundServer.safeParse(decode(Buffer.from(answer.server))).data ?? null
}

/** HMAC-SHA-256 (RFC 2104), base64url; the parts hold no line ends, so none can pass for another. */
const prove = (key: Buffer, ...parts: string[]) =>
  createHmac('sha256', key).update(parts.join('\n')).digest('base64url')

const matches = (given: string, expected: string) => timingSafeEqual(Buffer.from(given), Buffer.from(expected))

/** With spaces, which mean nothing to JSON. */
const pad = (datagram: Buffer) => Buffer.concat([datagram, Buffer.alloc(MAX_DATAGRAM_BYTES - datagram.length, ' ')])

const encode = (value: object) => Buffer.from(JSON.stringify(value))

function decode(datagram: Buffer): unknown {
  if (datagram.length > MAX_DATAGRAM_BYTES) return null
  try {
    return JSON.parse(datagram.toString('utf8'))
  } catch {
    return null
  }
}
