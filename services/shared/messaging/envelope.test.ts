import { expect, test } from 'vitest'
import { Echo, EchoNext, EchoWrong } from './conformance/contracts.ts'
import { MAX_PAYLOAD_BYTES, openEnvelope, sealEnvelope } from './envelope.ts'

const postmark = { nowMs: 1_000, trace: 'a trace', key: 'a key' }
const seal = (text: string) => sealEnvelope(Echo, { text }, postmark)

test('an envelope carries what a receiver needs, and the parsed payload', () => {
  const { envelope, payload } = seal(' hi ')
  expect(payload).toEqual({ text: 'hi' })
  expect(envelope).toEqual({
    ...{ id: expect.any(String), name: 'echo', version: 1, key: 'a key', trace: 'a trace', atMs: 1_000 },
    payload: '{"text":"hi"}',
  })
  expect(openEnvelope(Echo, envelope)).toEqual({ text: 'hi' })
  expect(sealEnvelope(Echo, { text: '' }, { nowMs: 1, trace: '' }).envelope.key).toBeNull()
})

test('a payload may have 256 KiB of JSON and not a byte more, whatever its script', () => {
  const room = MAX_PAYLOAD_BYTES - '{"text":""}'.length
  expect(seal('x'.repeat(room)).envelope.payload.length).toBe(MAX_PAYLOAD_BYTES)
  expect(() => seal('x'.repeat(room + 1))).toThrow(expect.objectContaining({ code: 'payload-invalid' }))
  expect(seal(`xx${'会'.repeat((room - 2) / 3)}`).envelope.payload).toContain('会')
  expect(() => seal('会'.repeat(room / 3 + 1))).toThrow(/257 KiB/)
})

test('another version is version-unsupported, another shape and no JSON are payload-invalid', () => {
  const { envelope } = seal('hi')
  expect(() => openEnvelope(EchoNext, envelope)).toThrow(expect.objectContaining({ code: 'version-unsupported' }))
  expect(() => openEnvelope(EchoWrong, envelope)).toThrow(expect.objectContaining({ code: 'payload-invalid' }))
  expect(() => openEnvelope(Echo, { ...envelope, payload: '{' })).toThrow(
    expect.objectContaining({ code: 'payload-invalid' }),
  )
})

test('the error names the task and the field', () => {
  // @ts-expect-error the point of the test
  expect(() => sealEnvelope(Echo, { text: 1 }, postmark)).toThrow(/^echo: text: /)
})
