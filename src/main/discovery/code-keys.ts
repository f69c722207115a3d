import { scrypt } from 'node:crypto'
import { promisify } from 'node:util'
import type { MeetingCode } from '#contracts/ids.ts'

/** What a code becomes, so that neither it nor anything quick to try codes against is ever sent. */
export interface CodeKeys {
  /** Proves to a host that the joiner knows the code; 32 bytes. */
  query: Buffer
  /** Proves to the joiner that the host knows it; 32 bytes. */
  answer: Buffer
}

/**
 * Public, the same everywhere: both sides know nothing but the code. What that costs is in docs/decisions/join-by-code.md.
 */
const SALT = 'parley join by code v1'
const COST = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }

const derive = promisify<string, string, number, typeof COST, Buffer>(scrypt)

/** About 0.1 s and 32 MB, on purpose: whoever guesses pays it for each guess. */
export async function deriveCodeKeys(code: MeetingCode): Promise<CodeKeys> {
  const bytes = await derive(code, SALT, 64, COST)
  return { query: bytes.subarray(0, 32), answer: bytes.subarray(32) }
}
