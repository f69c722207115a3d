import { useTranslation } from 'react-i18next'
import { useLocalMedia } from '../media/local-media-context.tsx'
import { useMicLevel } from '../media/use-mic-level.ts'
import { LevelMeter } from '../ui/LevelMeter.tsx'
import css from './MicMeter.module.css'

export function MicMeter() {
  const { t } = useTranslation()
  const level = useMicLevel()
  const muted = useLocalMedia(state => state.micMuted)
  return (
    <div className={css.row}>
      <LevelMeter label={t('lobby.level')} level={level} />
      <p className={css.note}>{t(muted ? 'lobby.muted' : 'lobby.speakUp')}</p>
    </div>
  )
}
