/** Where our pages live. A custom scheme, because file: pages may read other files and share one origin. */
export const APP_ORIGIN = 'app://parley'

/**
 * The page runs our own files and nothing else. `media-src` is for cameras and peers, `blob:` and `data:` images for
 * previews. There is no exception for inline styles: React and Radix style through the CSSOM, which this does not concern.
 */
const POLICY: Readonly<Record<string, string>> = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' blob: data:",
  'media-src': "'self' blob: mediastream:",
  'font-src': "'self'",
  'connect-src': "'self'",
  'worker-src': "'self'",
  'frame-ancestors': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
}

const toPolicy = (directives: Readonly<Record<string, string>>) =>
  Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources}`)
    .join('; ')

/** Sent with every file of the app. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': toPolicy(POLICY),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Permissions-Policy':
    'camera=(self), microphone=(self), speaker-selection=(self), fullscreen=(self), geolocation=(), usb=()',
  // cross-origin isolation: shared memory for audio and video worklets
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
}

/** The same for a page of the dev server, loosened only for hot reload: its inline preamble, styles and socket. */
export function devPolicy(devUrl: string): string {
  const { host } = new URL(devUrl)
  return toPolicy({
    ...POLICY,
    'script-src': "'self' 'unsafe-inline'",
    'style-src': "'self' 'unsafe-inline'",
    'connect-src': `'self' ws://${host}`,
  })
}

/** Scheme and authority, the same for a URL and for an origin. */
export function originOf(url: string): string | null {
  if (!URL.canParse(url)) return null
  // Node calls the origin of a custom scheme 'null'
  const { protocol, host } = new URL(url)
  return host === '' ? null : `${protocol}//${host}`
}
