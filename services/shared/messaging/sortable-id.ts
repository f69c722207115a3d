import { randomFillSync } from 'node:crypto'

const random = Buffer.alloc(4_096)
let used = random.length
let lastMs = 0
let counter = 0

/**
 * A UUID version 7 (RFC 9562, section 5.7): ids made later by this process sort after earlier ones, also within one
 * millisecond, so that an index on them grows at its end.
 */
export function createSortableId(nowMs: number): string {
  if (used + 10 > random.length) {
    randomFillSync(random)
    used = 0
  }
  const bytes = random.subarray(used, used + 10)
  used += 10
  // The 12 bits after the version count within a millisecond (RFC 9562, section 6.2, method 1). They start low
  // enough to leave room; when they run out, or the clock is set back, the stamp goes ahead of the clock.
  if (nowMs > lastMs) {
    lastMs = nowMs
    counter = bytes.readUInt16BE(0) & 0x3ff
  } else if (++counter > 0xfff) {
    lastMs += 1
    counter = 0
  }
  const time = lastMs.toString(16).padStart(12, '0')
  const sequence = (0x7000 | counter).toString(16)
  const variant = (0x8000 | (bytes.readUInt16BE(2) & 0x3fff)).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-${sequence}-${variant}-${bytes.toString('hex', 4, 10)}`
}
