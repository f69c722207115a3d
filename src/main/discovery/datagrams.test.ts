import { expect, test } from 'vitest'
import { MeetingCode } from '#contracts/ids.ts'
import { deriveCodeKeys } from './code-keys.ts'
import { createAnswer, createQuery, FoundServer, MAX_DATAGRAM_BYTES, readAnswer, readQuery } from './datagrams.ts'

const keys = await deriveCodeKeys(MeetingCode.parse('abc-defg-hij'))
const otherKeys = await deriveCodeKeys(MeetingCode.parse('abc-defg-hik'))
const server = FoundServer.parse({ addresses: [{ host: '10.0.0.1', port: 7443 }], pin: 'P'.repeat(43) })

test('who knows the code is answered, and believes the answer', () => {
  const { nonce, datagram } = createQuery(keys)
  expect(readQuery(datagram, [otherKeys, keys])).toEqual({ nonce, keys })
  expect(readAnswer(createAnswer(nonce, keys, server), nonce, keys)).toEqual(server)
})

test('who knows another code is not answered', () => {
  expect(readQuery(createQuery(otherKeys).datagram, [keys])).toBeNull()
})

test('an answer by somebody who does not know the code is not believed, nor one to an earlier question', () => {
  const { nonce } = createQuery(keys)
  expect(readAnswer(createAnswer(nonce, otherKeys, server), nonce, keys)).toBeNull()
  expect(readAnswer(createAnswer(createQuery(keys).nonce, keys, server), nonce, keys)).toBeNull()
})

test('an answer that was changed on its way is not believed', () => {
  const { nonce } = createQuery(keys)
  const changed = createAnswer(nonce, keys, server).toString().replace('10.0.0.1', '10.0.0.2')
  expect(changed).toContain('10.0.0.2')
  expect(readAnswer(Buffer.from(changed), nonce, keys)).toBeNull()
})

test('a query that is shorter than any answer may be is not answered', () => {
  const { nonce, datagram } = createQuery(keys)
  expect(datagram).toHaveLength(MAX_DATAGRAM_BYTES)
  expect(readQuery(datagram, [keys])).toEqual({ nonce, keys })
  expect(readQuery(datagram.subarray(0, -1), [keys])).toBeNull()
  expect(readQuery(Buffer.from(datagram.toString().trimEnd()), [keys])).toBeNull()
})

test('neither side sends the code or the same bytes twice', () => {
  const [first, second] = [createQuery(keys), createQuery(keys)]
  expect(first.datagram.equals(second.datagram)).toBe(false)
  for (const datagram of [first.datagram, createAnswer(first.nonce, keys, server)]) {
    expect(datagram.toString()).not.toMatch(/abc|defg/)
    expect(datagram.includes(keys.query)).toBe(false)
  }
})

test('many long addresses are cut to what fits a datagram', () => {
  const long = FoundServer.parse({
    ...server,
    addresses: Array.from({ length: 8 }, (_, i) => ({ host: `${'h'.repeat(240)}.${i}`, port: 7443 })),
  })
  const { nonce } = createQuery(keys)
  const datagram = createAnswer(nonce, keys, long)
  expect(datagram.length).toBeLessThanOrEqual(MAX_DATAGRAM_BYTES)
  expect(readAnswer(datagram, nonce, keys)?.addresses.length).toBeGreaterThan(0)
})

test.each([
  '',
  'hello',
  'null',
  '{}',
  '[]',
  '{"parley":2}',
  '{"parley":1,"query":"short","proof":"short"}',
  `{"parley":1,"query":"${'n'.repeat(22)}","proof":"${'p'.repeat(43)}"}`,
  `{"parley":1,"query":"${'n'.repeat(22)}","proof":"${'p'.repeat(43)}","more":1}`,
  'x'.repeat(60_000),
])('noise is not answered: %j', noise => {
  expect(readQuery(Buffer.from(noise), [keys])).toBeNull()
  expect(readQuery(Buffer.from(noise.padEnd(MAX_DATAGRAM_BYTES)), [keys])).toBeNull()
  expect(readAnswer(Buffer.from(noise), 'n'.repeat(22), keys)).toBeNull()
})
