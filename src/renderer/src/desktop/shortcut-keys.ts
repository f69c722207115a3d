import type { AppInfo } from './desktop-context.tsx'

/** How a person reads a shortcut: `⌘D` on a Mac, `Ctrl+D` elsewhere. */
export function toKeys(platform: AppInfo['platform'], ...keys: string[]): string {
  const mac: Record<string, string> = { Ctrl: '⌘', Shift: '⇧' }
  return platform === 'darwin' ? keys.map(key => mac[key] ?? key).join('') : keys.join('+')
}
