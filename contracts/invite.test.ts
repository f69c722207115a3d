import { webcrypto } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { CodedError } from './errors.ts'
import { MeetingCode } from './ids.ts'
import { CertificatePin, createMeetingCode, formatInvite, type Invite, parseInvite } from './invite.ts'

const pin = CertificatePin.parse('A'.repeat(43))
const code = MeetingCode.parse('abc-defg-hij')
const random = (bytes: Uint8Array<ArrayBuffer>) => webcrypto.getRandomValues(bytes)

describe('an invite', () => {
  test('comes back from its link as it went in, IPv6 and several addresses included', () => {
    const invite: Invite = {
      code,
      server: {
        addresses: [
          { host: '192.168.1.5', port: 7443 },
          { host: 'fe80::1', port: 7443 },
          { host: 'meet.example.org', port: 443 },
        ],
        pin,
      },
    }
    expect(parseInvite(formatInvite(invite))).toEqual({ kind: 'link', invite })
  })

  test('without a pin stays without one', () => {
    const invite: Invite = { code, server: { addresses: [{ host: 'meet.example.org', port: 443 }] } }
    expect(formatInvite(invite)).not.toContain('pin')
    expect(parseInvite(formatInvite(invite))).toEqual({ kind: 'link', invite })
  })

  test.each(['abc-defg-hij', ' ABC DEFG HIJ ', 'abcdefghij', 'Abc-DefgHij\n'])('typed as %j is the code', text => {
    expect(parseInvite(text)).toEqual({ kind: 'code', code: 'abc-defg-hij' })
  })

  test.each([
    '',
    'hello',
    'abc-defg-hi1',
    'https://join/abc-defg-hij?at=10.0.0.1:7443',
    'parley://join/abc-defg-hij',
    'parley://join/abc-defg-hij?at=',
    'parley://join/abc-defg-hij?at=10.0.0.1:99999',
    'parley://join/abc-defg-hij?at=10.0.0.1:7443&pin=short',
    'parley://join/../../etc?at=10.0.0.1:7443',
    'parley://leave/abc-defg-hij?at=10.0.0.1:7443',
    `parley://join/abc-defg-hij?at=${Array(9).fill('10.0.0.1:1').join(',')}`,
    `parley://join/${'x'.repeat(3000)}`,
    'javascript:alert(1)',
  ])('is refused as invite-invalid when it is %j', text => {
    expect(() => parseInvite(text)).toThrow(expect.objectContaining({ code: 'invite-invalid' }))
    expect(() => parseInvite(text)).toThrow(CodedError)
  })
})

test('meeting codes are well formed, differ, and use every letter about equally', () => {
  const codes = Array.from({ length: 2_600 }, () => createMeetingCode(random))
  expect(new Set(codes).size).toBe(codes.length)
  const counts = new Map<string, number>()
  for (const letter of codes.join('').replaceAll('-', '')) counts.set(letter, (counts.get(letter) ?? 0) + 1)
  expect(counts.size).toBe(26)
  // 1,000 expected of each; 6 standard deviations is about 186
  for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(190)
})
