import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import type { Log } from './log.ts'

const NAME = 'parley-checkout.desktop'

/** Where desktops look for a person's own entries (XDG Base Directory specification). */
export function applicationsFolder(env: Readonly<Record<string, string | undefined>>): string {
  const dataHome = env.XDG_DATA_HOME
  return join(dataHome && isAbsolute(dataHome) ? dataHome : join(homedir(), '.local/share'), 'applications')
}

/** @param command starts this copy of the app; the link is appended. @see Desktop Entry specification, "The Exec key" */
export function linkEntry(command: readonly string[]): string {
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Parley (checkout)',
    `Exec=${command.map(quote).join(' ')} %u`,
    'MimeType=x-scheme-handler/parley;',
    'NoDisplay=true',
    'Terminal=false',
    '',
  ].join('\n')
}

/**
 * Makes this copy open parley:// links on Linux. Without an installed package nobody else writes the entry that desktops
 * look for; their own tools, where there are any, make it the default.
 */
export async function registerLinkEntry(command: readonly string[], folder: string, log: Log): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, NAME), linkEntry(command))
  const run = promisify(execFile)
  for (const [tool, ...args] of [
    ['update-desktop-database', folder],
    ['xdg-mime', 'default', NAME, 'x-scheme-handler/parley'],
  ] as const) {
    await run(tool, args, { timeout: 10_000 }).catch(error => {
      if (error.code !== 'ENOENT') log.warn('desktop not told of links', { tool, error })
    })
  }
  log.info('links open this copy', { folder })
}

/** A quoted argument of Exec: shell-like escapes within the string escapes of the file, and no field codes. */
const quote = (argument: string) =>
  `"${argument
    .replace(/["`$\\]/g, character => `\\${character}`)
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')}"`
