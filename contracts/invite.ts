import { z } from 'zod'
import { CodedError } from './errors.ts'
import { MeetingCode } from './ids.ts'

export const ServerAddress = z.object({
  host: z.string().min(1).max(253),
  port: z.number().int().min(1).max(65_535),
})
export type ServerAddress = z.infer<typeof ServerAddress>

/** SHA-256 of the server's DER certificate, base64url without padding (RFC 4648, section 5): 43 characters. */
export const CertificatePin = z
  .string()
  .regex(/^[A-Za-z0-9_-]{43}$/)
  .brand<'CertificatePin'>()
export type CertificatePin = z.infer<typeof CertificatePin>

/** Where to connect and whom to trust there. Without a pin the certificate must chain to a public authority. */
export const ServerTarget = z.object({
  addresses: z.array(ServerAddress).min(1).max(8),
  pin: CertificatePin.optional(),
})
export type ServerTarget = z.infer<typeof ServerTarget>

export const Invite = z.object({ code: MeetingCode, server: ServerTarget })
export type Invite = z.infer<typeof Invite>

/** Either a whole link, or only the code, which has to be resolved among the servers this app knows. */
export type InviteText = { kind: 'link'; invite: Invite } | { kind: 'code'; code: MeetingCode }

const LETTERS = 'abcdefghijklmnopqrstuvwxyz'

/** @param random fills the array with uniform bytes, e.g. `crypto.getRandomValues` */
export function createMeetingCode(random: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): MeetingCode {
  let letters = ''
  while (letters.length < 10) {
    for (const byte of random(new Uint8Array(16))) {
      // 234 = 9 * 26: bytes above it would favour the first letters
      if (byte < 234 && letters.length < 10) letters += LETTERS[byte % 26]
    }
  }
  return MeetingCode.parse(`${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}`)
}

/** `parley://join/abc-defg-hij?at=192.168.1.5:7443,10.0.0.2:7443&pin=…` */
export function formatInvite({ code, server }: Invite): string {
  const at = server.addresses.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',')
  return `parley://join/${code}?at=${at}${server.pin ? `&pin=${server.pin}` : ''}`
}

/** Reads what a person pasted or the system handed over. @throws {CodedError} `invite-invalid` */
export function parseInvite(text: string): InviteText {
  const trimmed = text.trim()
  if (trimmed.length > 2_000) throw invalid()
  const code = MeetingCode.safeParse(normalizeCode(trimmed))
  if (code.success) return { kind: 'code', code: code.data }
  const url = URL.canParse(trimmed) ? new URL(trimmed) : undefined
  if (url?.protocol !== 'parley:' || url.hostname !== 'join') throw invalid()
  const invite = Invite.safeParse({
    code: url.pathname.replace(/^\/|\/$/g, ''),
    server: {
      addresses: (url.searchParams.get('at') ?? '').split(',').map(parseAddress),
      ...(url.searchParams.has('pin') ? { pin: url.searchParams.get('pin') } : {}),
    },
  })
  if (!invite.success) throw invalid()
  return { kind: 'link', invite: invite.data }
}

/** People type codes with spaces, capitals or no dashes; all of them mean the same code. */
function normalizeCode(text: string): string {
  const letters = text.toLowerCase().replace(/[\s-]/g, '')
  return /^[a-z]{10}$/.test(letters) ? `${letters.slice(0, 3)}-${letters.slice(3, 7)}-${letters.slice(7)}` : text
}

function parseAddress(text: string): unknown {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9.-]+)):(\d{1,5})$/.exec(text)
  return match && { host: match[1] ?? match[2], port: Number(match[3]) }
}

const invalid = () =>
  new CodedError('invite-invalid', 'This is neither a meeting code nor a Parley link. Ask the host to send it again.')
