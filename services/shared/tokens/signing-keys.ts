import { join } from 'node:path'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'
import { TOKEN_ALGORITHM } from '#contracts/tokens.ts'
import { createPrivateFile, readPrivateFile } from '../data-dir/private-file.ts'

export interface SigningKeys {
  privateKey: CryptoKey
  publicKey: CryptoKey
  /** JWK thumbprint of the public key (RFC 7638). */
  keyId: string
}

/** An Ed25519 key pair as a JWK (RFC 8037): `x` is public, `d` is the secret. */
const StoredKey = z.object({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() })

/** The server's key pair, made on the first run. @throws {CodedError} `storage-failed` when the file can't be used */
export async function loadSigningKeys(dataDir: string): Promise<SigningKeys> {
  const path = join(dataDir, 'token-key.json')
  const text = (await readPrivateFile(path)) ?? (await createPrivateFile(path, await generateKeyText()))
  try {
    const { kty, crv, x, d } = StoredKey.parse(JSON.parse(text))
    const [privateKey, publicKey] = await Promise.all([
      importJWK({ kty, crv, x, d }, TOKEN_ALGORITHM),
      importJWK({ kty, crv, x }, TOKEN_ALGORITHM),
    ])
    if (privateKey instanceof Uint8Array || publicKey instanceof Uint8Array) throw new Error('a secret, not a key pair')
    return { privateKey, publicKey, keyId: await calculateJwkThumbprint({ kty, crv, x }) }
  } catch (cause) {
    throw new CodedError(
      'storage-failed',
      `The key file ${path} is damaged. Move it away and start again: people then join with a fresh admission.`,
      { cause },
    )
  }
}

async function generateKeyText(): Promise<string> {
  const { privateKey } = await generateKeyPair(TOKEN_ALGORITHM, { crv: 'Ed25519', extractable: true })
  return `${JSON.stringify(await exportJWK(privateKey))}\n`
}
