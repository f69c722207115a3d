import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Spinner } from '../ui/Spinner.tsx'
import css from './ConnectionBanner.module.css'
import { useCall } from './call-context.tsx'
import { selectConnection } from './selectors.ts'

const LONG_MS = 8_000

/** What a person is told about the way to the meeting; nothing while it is well. */
export function ConnectionBanner() {
  const { t } = useTranslation()
  const connection = useCall(selectConnection)
  const long = useLong(connection?.state === 'reconnecting' ? connection.sinceMs : null)
  const words =
    connection?.state === 'connecting'
      ? t('call.connecting')
      : connection?.state === 'reconnecting'
        ? t(long ? 'call.reconnectingLong' : 'call.reconnecting')
        : null
  return (
    <div className={css.place} role="status">
      {words ? (
        <p className={css.banner} data-state={connection?.state}>
          <Spinner size={16} />
          {words}
        </p>
      ) : null}
    </div>
  )
}

/** @param sinceMs by `performance.now()`; null while there is nothing to wait for */
function useLong(sinceMs: number | null): boolean {
  const [long, setLong] = useState(false)
  useEffect(() => {
    setLong(false)
    if (sinceMs === null) return
    const timer = setTimeout(() => setLong(true), Math.max(0, sinceMs + LONG_MS - performance.now()))
    return () => clearTimeout(timer)
  }, [sinceMs])
  return long
}
