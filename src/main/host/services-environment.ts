/** What a process needs to run at all, on each system. */
const NEEDED = [
  'PATH',
  'HOME',
  'USERPROFILE',
  'TMPDIR',
  'TMP',
  'TEMP',
  'SystemRoot',
  'LANG',
  'TZ',
  'MEDIASOUP_WORKER_BIN',
]

/** The environment of the services: no more than they need, so that no secret of another program reaches them. */
export function servicesEnvironment(from: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(from).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (NEEDED.includes(entry[0]) || entry[0].startsWith('PARLEY_')),
  )
  return Object.fromEntries(entries)
}
