import { errors, jwtVerify, SignJWT } from 'jose'
import type { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'
import { GrantClaims, OwnerClaims, TOKEN_ALGORITHM } from '#contracts/tokens.ts'
import { loadSigningKeys } from './signing-keys.ts'

export interface SignedToken {
  token: string
  expiresAtMs: number
}

/** Signs and checks the tokens of one server; identity comes from them alone. */
export interface Tokens {
  /** 10 minutes unless told. */
  signGrant(claims: GrantClaims, ttlMs?: number): Promise<SignedToken>
  /** @throws {CodedError} `token-invalid`, `token-expired` */
  verifyGrant(token: string): Promise<GrantClaims>
  /** 10 minutes unless told. */
  signOwner(claims: OwnerClaims, ttlMs?: number): Promise<SignedToken>
  /** @throws {CodedError} `token-invalid`, `token-expired` */
  verifyOwner(token: string): Promise<OwnerClaims>
}

export const DEFAULT_TTL_MS = 600_000

const ISSUER = 'parley'
/** Pinned in the header too (RFC 8725, section 3.11), so that no other JWT of the world passes for ours. */
const TYPE = 'parley+jwt'

/** Opens the key pair in `dataDir`, or makes one there on the first run. */
export async function createTokens({
  dataDir,
  now = Date.now,
}: {
  dataDir: string
  now?: () => number
}): Promise<Tokens> {
  const { privateKey, publicKey, keyId } = await loadSigningKeys(dataDir)

  async function sign(claims: GrantClaims | OwnerClaims, ttlMs: number): Promise<SignedToken> {
    const issuedAtS = Math.floor(now() / 1_000)
    const expiresAtS = issuedAtS + Math.max(1, Math.floor(ttlMs / 1_000))
    const token = await new SignJWT({ ...claims })
      .setProtectedHeader({ alg: TOKEN_ALGORITHM, typ: TYPE, kid: keyId })
      .setIssuer(ISSUER)
      .setAudience(audienceOf(claims.use))
      .setIssuedAt(issuedAtS)
      .setExpirationTime(expiresAtS)
      .sign(privateKey)
    return { token, expiresAtMs: expiresAtS * 1_000 }
  }

  async function verify<C>(token: string, use: 'grant' | 'owner', schema: z.ZodType<C>): Promise<C> {
    try {
      const { payload } = await jwtVerify(token, publicKey, {
        algorithms: [TOKEN_ALGORITHM],
        issuer: ISSUER,
        audience: audienceOf(use),
        typ: TYPE,
        requiredClaims: ['exp', 'iat'],
        currentDate: new Date(now()),
      })
      return schema.parse(payload)
    } catch (cause) {
      if (cause instanceof errors.JWTExpired) {
        throw new CodedError('token-expired', 'This admission has expired. Join again with the link.', { cause })
      }
      throw new CodedError('token-invalid', 'This admission was not issued by this server. Join again with the link.', {
        cause,
      })
    }
  }

  return {
    signGrant: (claims, ttlMs = DEFAULT_TTL_MS) => sign(GrantClaims.parse(claims), ttlMs),
    verifyGrant: token => verify(token, 'grant', GrantClaims),
    signOwner: (claims, ttlMs = DEFAULT_TTL_MS) => sign(OwnerClaims.parse(claims), ttlMs),
    verifyOwner: token => verify(token, 'owner', OwnerClaims),
  }
}

/** One audience per use, so that an owner token is refused as a grant already by its envelope. */
const audienceOf = (use: 'grant' | 'owner') => `parley:${use}`
