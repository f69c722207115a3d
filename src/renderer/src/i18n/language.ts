import type { Settings } from '#contracts/ipc/settings.ts'

export type Language = 'en' | 'zh-CN'

/** @param systemLocale BCP 47. Every Chinese locale gets the Chinese that we have. */
export function toLanguage(chosen: Settings['language'], systemLocale: string): Language {
  if (chosen !== 'system') return chosen
  return systemLocale.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}
