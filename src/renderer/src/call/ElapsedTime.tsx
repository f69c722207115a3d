import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { toElapsed } from './elapsed.ts'

/** How long this person has been in the call. */
export function ElapsedTime() {
  const { t } = useTranslation()
  const [beganMs] = useState(() => performance.now())
  const [nowMs, setNowMs] = useState(beganMs)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(performance.now()), 1_000)
    return () => clearInterval(timer)
  }, [])
  return (
    <time role="timer" aria-label={t('call.elapsed')} aria-live="off">
      {toElapsed(nowMs - beganMs)}
    </time>
  )
}
