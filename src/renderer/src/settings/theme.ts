import type { Settings } from '#contracts/ipc/settings.ts'

/** Sets `data-theme` on the document and keeps it right while the system changes; @returns how to stop. */
export function applyTheme(theme: Settings['theme']): () => void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const apply = () => {
    document.documentElement.dataset.theme = theme === 'system' ? (system.matches ? 'dark' : 'light') : theme
  }
  apply()
  system.addEventListener('change', apply)
  return () => system.removeEventListener('change', apply)
}
