import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { toLanguage } from '../i18n/language.ts'
import { useSettings } from './settings-context.tsx'
import { applyTheme } from './theme.ts'

/** Keeps theme and language as the settings want them; shows nothing itself. */
export function Appearance() {
  const { i18n } = useTranslation()
  const { locale } = useDesktop().info
  const theme = useSettings(settings => settings.theme)
  const language = toLanguage(
    useSettings(settings => settings.language),
    locale,
  )
  useEffect(() => applyTheme(theme), [theme])
  useEffect(() => {
    document.documentElement.lang = language
    if (i18n.language !== language) void i18n.changeLanguage(language)
  }, [i18n, language])
  return null
}
