import { readFile } from 'node:fs/promises'
import { findAsset } from './asset-path.ts'
import { SECURITY_HEADERS } from './content-security.ts'

/** Answers requests for `app://parley/…` with the files inside `root`, and with nothing else. */
export function createResponder(root: string): (request: Request) => Promise<Response> {
  return async ({ method, url }) => {
    if (method !== 'GET') return refuse(405)
    const asset = await findAsset(root, url)
    const contents = asset && (await readFile(asset.path).catch(() => null))
    if (!asset || !contents) return refuse(404)
    return new Response(new Uint8Array(contents), { headers: { ...SECURITY_HEADERS, 'Content-Type': asset.mimeType } })
  }
}

const refuse = (status: number) => new Response(null, { status, headers: SECURITY_HEADERS })
