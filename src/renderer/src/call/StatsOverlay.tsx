import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import css from './StatsOverlay.module.css'
import { readJoinTimeline } from './stats-timeline.ts'

const REFRESH_MS = 1_000

/** For whoever wonders why a join took as long as it did. */
export function StatsOverlay() {
  const { t } = useTranslation()
  const [steps, setSteps] = useState(readJoinTimeline)
  useEffect(() => {
    const timer = setInterval(() => setSteps(readJoinTimeline()), REFRESH_MS)
    return () => clearInterval(timer)
  }, [])
  return (
    <aside className={css.overlay} aria-label={t('call.stats')}>
      <h2 className={css.heading}>{t('call.stats')}</h2>
      {steps.length === 0 ? <p>{t('call.statsEmpty')}</p> : null}
      <dl className={css.steps}>
        {steps.map(({ name, sinceMs }) => (
          <div key={name} className={css.step}>
            <dt>{name}</dt>
            <dd>{sinceMs.toFixed(0)} ms</dd>
          </div>
        ))}
      </dl>
    </aside>
  )
}
