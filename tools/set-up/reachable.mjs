/** Where both Electron and mediasoup publish their binaries. */
const RELEASES = 'https://github.com'

/** @type {Promise<boolean> | undefined} */
let answer

/**
 * Whether official binaries can be downloaded from here, asked once: a blocked network must cost seconds, not the minutes of a download's
 * retries.
 */
export function releasesReachable() {
  answer ??= fetch(RELEASES, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(3_000) }).then(
    response => response.status < 500,
    () => false,
  )
  return answer
}
