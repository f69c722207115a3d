/** The few DER encodings (ITU-T X.690) that one kind of certificate needs. */

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  utcTime: 0x17,
} as const
const GENERALIZED_TIME = 0x18
const SEQUENCE = 0x30
const SET = 0x31

export const sequence = (...parts: Uint8Array[]) => encode(SEQUENCE, Buffer.concat(parts))
export const set = (...parts: Uint8Array[]) => encode(SET, Buffer.concat(parts))
export const boolean = (value: boolean) => encode(TAG.boolean, Buffer.of(value ? 0xff : 0))
export const octetString = (content: Uint8Array) => encode(TAG.octetString, content)
export const utf8String = (text: string) => encode(TAG.utf8, Buffer.from(text))

/** An unsigned integer, most significant byte first, without leading zeros. */
export const unsigned = (bytes: Uint8Array) => {
  const isNegative = ((bytes[0] ?? 0) & 0x80) !== 0
  return encode(TAG.integer, isNegative ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

/** @param unusedBits how many bits at the end of the last byte mean nothing */
export const bitString = (bytes: Uint8Array, unusedBits = 0) =>
  encode(TAG.bitString, Buffer.concat([Buffer.of(unusedBits), bytes]))

/** `[n]` around whole values. */
export const explicit = (tag: number, content: Uint8Array) => encode(0xa0 | tag, content)
/** `[n]` instead of a primitive value's own tag. */
export const implicit = (tag: number, content: Uint8Array) => encode(0x80 | tag, content)

/** @param dotted e.g. `2.5.29.17` */
export function oid(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return encode(TAG.oid, Buffer.from([first * 40 + second, ...rest].flatMap(toBase128)))
}

/** Whole seconds. Two-digit years until 2049, four digits after (RFC 5280, section 4.1.2.5). */
export function time(atMs: number): Uint8Array {
  const digits = `${new Date(atMs)
    .toISOString()
    .replace(/\.\d+Z$/, '')
    .replace(/\D/g, '')}Z`
  return new Date(atMs).getUTCFullYear() < 2050
    ? encode(TAG.utcTime, Buffer.from(digits.slice(2)))
    : encode(GENERALIZED_TIME, Buffer.from(digits))
}

/** Seven bits a byte, most significant first; all but the last byte have the eighth bit set. */
function toBase128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80)
  return bytes
}

function encode(tag: number, content: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.of(tag), toLength(content.length), content])
}

function toLength(length: number): Uint8Array {
  if (length < 0x80) return Buffer.of(length)
  const bytes: number[] = []
  for (let rest = length; rest > 0; rest >>>= 8) bytes.unshift(rest & 0xff)
  return Buffer.of(0x80 | bytes.length, ...bytes)
}
