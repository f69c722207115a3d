import { useTranslation } from 'react-i18next'
import { useSettings } from '../settings/settings-context.tsx'
import { useCallActions } from './call-context.tsx'

/** @returns starts a meeting that is named after the person, as far as a name is known */
export function useNewMeeting(): () => void {
  const { t } = useTranslation()
  const { newMeeting } = useCallActions()
  const name = useSettings(({ displayName }) => displayName.trim())
  return () => void newMeeting(name ? t('home.titleWithName', { name }) : t('home.titleDefault'))
}
