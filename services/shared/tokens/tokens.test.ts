import { createHmac } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPair, SignJWT } from 'jose'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MeetingId, PeerId, UserId } from '#contracts/ids.ts'
import { GrantClaims, OwnerClaims } from '#contracts/tokens.ts'
import { createTokens, type Tokens } from './tokens.ts'

const grant = GrantClaims.parse({
  use: 'grant',
  meetingId: MeetingId.parse('m1'),
  peerId: PeerId.parse('p1'),
  userId: UserId.parse('u1'),
  displayName: 'Ada 李',
  role: 'participant',
})
const owner = OwnerClaims.parse({ use: 'owner', userId: 'u0' })

let dataDir: string
let nowMs: number
let tokens: Tokens
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-tokens-'))
  nowMs = Date.UTC(2026, 0, 1)
  tokens = await createTokens({ dataDir, now: () => nowMs })
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

const invalid = expect.objectContaining({ code: 'token-invalid' })
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
const envelope = () => ({ iss: 'parley', aud: 'parley:grant', iat: nowMs / 1_000, exp: nowMs / 1_000 + 600 })

describe('a token', () => {
  test('comes back as it was signed, and says when it expires', async () => {
    const { token, expiresAtMs } = await tokens.signGrant(grant)
    expect(expiresAtMs).toBe(nowMs + 600_000)
    expect(await tokens.verifyGrant(token)).toEqual(grant)
    expect(await tokens.verifyOwner((await tokens.signOwner(owner)).token)).toEqual(owner)
  })

  test('survives a restart of the server, because the key is kept', async () => {
    const { token } = await tokens.signGrant(grant)
    const again = await createTokens({ dataDir, now: () => nowMs })
    expect(await again.verifyGrant(token)).toEqual(grant)
  })

  test('is token-expired from its last second on', async () => {
    const { token } = await tokens.signGrant(grant, 60_000)
    nowMs += 59_000
    await expect(tokens.verifyGrant(token)).resolves.toEqual(grant)
    nowMs += 1_000
    await expect(tokens.verifyGrant(token)).rejects.toThrow(expect.objectContaining({ code: 'token-expired' }))
  })

  test('of an owner is no grant, and a grant is no owner token', async () => {
    await expect(tokens.verifyGrant((await tokens.signOwner(owner)).token)).rejects.toThrow(invalid)
    await expect(tokens.verifyOwner((await tokens.signGrant(grant)).token)).rejects.toThrow(invalid)
  })

  test('of another server is refused', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'parley-tokens-'))
    try {
      const { token } = await (await createTokens({ dataDir: elsewhere, now: () => nowMs })).signGrant(grant)
      await expect(tokens.verifyGrant(token)).rejects.toThrow(invalid)
    } finally {
      await rm(elsewhere, { recursive: true })
    }
  })

  test.each([0, 1, 2])('with one letter of part %i changed is refused', async part => {
    const parts = (await tokens.signGrant(grant)).token.split('.')
    const text = parts[part] ?? ''
    parts[part] = `${text.slice(0, 10)}${text[10] === 'A' ? 'B' : 'A'}${text.slice(11)}`
    await expect(tokens.verifyGrant(parts.join('.'))).rejects.toThrow(invalid)
  })

  test('without a signature (alg none) is refused', async () => {
    const token = `${encode({ alg: 'none', typ: 'parley+jwt' })}.${encode({ ...grant, ...envelope() })}.`
    await expect(tokens.verifyGrant(token)).rejects.toThrow(invalid)
  })

  test('signed by HMAC with the public key as the secret (algorithm confusion) is refused', async () => {
    const { x } = JSON.parse(await readFile(join(dataDir, 'token-key.json'), 'utf8')) as { x: string }
    const body = `${encode({ alg: 'HS256', typ: 'parley+jwt' })}.${encode({ ...grant, ...envelope() })}`
    for (const secret of [x, Buffer.from(x, 'base64url')]) {
      const signature = createHmac('sha256', secret).update(body).digest('base64url')
      await expect(tokens.verifyGrant(`${body}.${signature}`)).rejects.toThrow(invalid)
    }
  })

  test('that brings its own key along in the header is refused', async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
    const { exportJWK } = await import('jose')
    const token = await new SignJWT({ ...grant, ...envelope() })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'parley+jwt', jwk: await exportJWK(publicKey) })
      .sign(privateKey)
    await expect(tokens.verifyGrant(token)).rejects.toThrow(invalid)
  })

  test.each(['', 'x', 'a.b.c', '..', 'é.é.é', 'A'.repeat(5_000)])('that is no token is refused: %#', async text => {
    await expect(tokens.verifyGrant(text)).rejects.toThrow(invalid)
  })
})

describe('the key', () => {
  test('is readable by its owner alone, and nothing temporary is left beside it', async () => {
    expect((await stat(join(dataDir, 'token-key.json'))).mode & 0o777).toBe(0o600)
    expect(await readdir(dataDir)).toEqual(['token-key.json'])
  })

  test('is the same for all who open the folder at once', async () => {
    const fresh = join(dataDir, 'fresh')
    const all = await Promise.all(Array.from({ length: 5 }, () => createTokens({ dataDir: fresh, now: () => nowMs })))
    const { token } = await tokensAt(all, 0).signGrant(grant)
    for (const other of all) expect(await other.verifyGrant(token)).toEqual(grant)
  })

  test('that is damaged stops the start with a sentence, and is not replaced', async () => {
    const path = join(dataDir, 'token-key.json')
    await writeFile(path, '{"kty":"OKP"')
    await expect(createTokens({ dataDir })).rejects.toThrow(/Move it away/)
    expect(await readFile(path, 'utf8')).toBe('{"kty":"OKP"')
  })
})

function tokensAt(all: Tokens[], index: number): Tokens {
  const found = all[index]
  if (!found) throw new Error(`no tokens at ${index}`)
  return found
}
