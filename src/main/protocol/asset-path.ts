import { realpath } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { APP_ORIGIN, originOf } from './content-security.ts'

/** Every kind of file that the renderer's bundle may hold. Others are not served. */
const MIME_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
}

export interface Asset {
  path: string
  mimeType: string
}

/** The file inside `root` that a URL names, or null: another origin, outside of `root`, missing, or of no known kind. */
export async function findAsset(root: string, url: string): Promise<Asset | null> {
  if (originOf(url) !== APP_ORIGIN) return null
  const name = decodePath(new URL(url).pathname)
  if (name === null) return null
  const mimeType = MIME_TYPES[extname(name)]
  if (!mimeType) return null
  // links are followed before the comparison, so that none leads out
  const [base, path] = await Promise.all([realpath(root), realpath(join(root, name)).catch(() => null)])
  return path?.startsWith(base + sep) ? { path, mimeType } : null
}

function decodePath(pathname: string): string | null {
  if (pathname === '' || pathname === '/') return 'index.html'
  try {
    const name = decodeURIComponent(pathname)
    return /[\0\\]|(^|\/)\.\.?(\/|$)/.test(name) ? null : name
  } catch {
    return null
  }
}
