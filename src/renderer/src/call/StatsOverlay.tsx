import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useGetCallStats, useJoinTimeline } from './call-context.tsx'
import css from './StatsOverlay.module.css'
import { readTraffic, type Traffic, type TrafficRates, toRates } from './traffic.ts'

const REFRESH_MS = 1_000

/** For whoever wonders why a join took as long as it did, or what the network does. */
export function StatsOverlay() {
  const { t, i18n } = useTranslation()
  const { traffic, rates } = useTraffic()
  const steps = [...useJoinTimeline().read()]
  const [[, beganMs] = ['click', 0]] = steps
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 0 })
  const percent = new Intl.NumberFormat(i18n.language, { style: 'percent', maximumFractionDigits: 1 })
  return (
    <aside className={css.overlay} aria-label={t('call.stats')}>
      {traffic && rates ? (
        <dl className={css.steps}>
          <Row
            name={t('call.roundTrip')}
            value={traffic.roundTripMs === null ? '–' : `${number.format(traffic.roundTripMs)} ms`}
          />
          <Row name={t('call.sending')} value={`${number.format(rates.sendKbps)} kbit/s`} />
          <Row name={t('call.receiving')} value={`${number.format(rates.receiveKbps)} kbit/s`} />
          <Row name={t('call.lost')} value={percent.format(rates.lossRatio)} />
        </dl>
      ) : null}
      <h2 className={css.heading}>{t('call.timeline')}</h2>
      {steps.length === 0 ? <p>{t('call.statsEmpty')}</p> : null}
      <dl className={css.steps}>
        {steps.map(([step, atMs]) => (
          <Row key={step} name={step} value={`${number.format(atMs - beganMs)} ms`} />
        ))}
      </dl>
    </aside>
  )
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <div className={css.step}>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function useTraffic(): { traffic: Traffic | null; rates: TrafficRates | null } {
  const getStats = useGetCallStats()
  const [readings, setReadings] = useState<{ before: Traffic | null; now: Traffic | null }>({ before: null, now: null })
  useEffect(() => {
    let current = true
    const read = async () => {
      const stats = await getStats().catch(() => null) // the call may end while it is asked
      if (current) setReadings(({ now }) => ({ before: now, now: stats && readTraffic(stats) }))
    }
    void read()
    const timer = setInterval(() => void read(), REFRESH_MS)
    return () => {
      current = false
      clearInterval(timer)
    }
  }, [getStats])
  const { before, now } = readings
  return { traffic: now, rates: before && now && toRates(before, now) }
}
