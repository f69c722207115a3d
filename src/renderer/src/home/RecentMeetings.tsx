import { CalendarClock, ChevronRight, Link2, X } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { RecentMeeting } from '#contracts/ipc/recents.ts'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { useCopyInvite } from '../desktop/use-copy-invite.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { toTone } from '../ui/initials.ts'
import css from './RecentMeetings.module.css'
import { toRelativeTime } from './relative-time.ts'

type Recents = { state: 'reading' } | { state: 'failed' } | { state: 'read'; meetings: readonly RecentMeeting[] }

export function RecentMeetings({ onRejoin }: { onRejoin: (meeting: RecentMeeting) => void }) {
  const { t } = useTranslation()
  const { api } = useDesktop()
  const [recents, setRecents] = useState<Recents>({ state: 'reading' })

  useEffect(() => {
    let current = true
    void api.recents.list().then(list => {
      if (current) setRecents(list.ok ? { state: 'read', meetings: list.value } : { state: 'failed' })
    })
    return () => {
      current = false
    }
  }, [api])

  const remove = ({ invite: { code } }: RecentMeeting) => {
    void api.recents.remove({ code })
    setRecents(was =>
      was.state === 'read' ? { ...was, meetings: was.meetings.filter(({ invite }) => invite.code !== code) } : was,
    )
  }

  return (
    <section className={css.card} aria-labelledby="recent-meetings">
      <h2 id="recent-meetings" className={css.heading}>
        {t('home.recent')}
      </h2>
      {recents.state === 'failed' ? <p className={css.note}>{t('home.recentsFailed')}</p> : null}
      {recents.state === 'read' && recents.meetings.length === 0 ? <Empty /> : null}
      {recents.state === 'read' && recents.meetings.length > 0 ? (
        <ul className={css.list}>
          {recents.meetings.map(meeting => (
            <Row key={meeting.invite.code} meeting={meeting} onRejoin={onRejoin} onRemove={remove} />
          ))}
        </ul>
      ) : null}
    </section>
  )
}

interface RowProps {
  meeting: RecentMeeting
  onRejoin: (meeting: RecentMeeting) => void
  onRemove: (meeting: RecentMeeting) => void
}

function Row({ meeting, onRejoin, onRemove }: RowProps) {
  const { t, i18n } = useTranslation()
  const copyInvite = useCopyInvite()
  const { title, hostedHere, lastJoinedAtMs, invite } = meeting
  return (
    <li className={css.row}>
      <button
        type="button"
        className={css.open}
        aria-label={t('home.rejoin', { title })}
        onClick={() => onRejoin(meeting)}
      >
        <span className={css.mark} data-tone={toTone(title)} aria-hidden="true" />
        <span className={css.words}>
          <span className={css.title}>{title}</span>
          <span className={css.meta}>
            {toRelativeTime(lastJoinedAtMs, Date.now(), i18n.language)}
            {hostedHere ? ` · ${t('home.hostedHere')}` : ''}
          </span>
        </span>
        <ChevronRight className={css.chevron} size={18} aria-hidden="true" />
      </button>
      <span className={css.actions}>
        <IconButton
          size="small"
          label={t('home.copyLinkOf', { title })}
          icon={<Link2 size={16} />}
          onClick={() => void copyInvite(invite)}
        />
        <IconButton
          size="small"
          label={t('home.removeRecent', { title })}
          icon={<X size={16} />}
          onClick={() => onRemove(meeting)}
        />
      </span>
    </li>
  )
}

function Empty() {
  const { t } = useTranslation()
  return (
    <div className={css.empty}>
      <span className={css.emptyIcon}>
        <CalendarClock size={26} strokeWidth={1.6} />
      </span>
      <p className={css.emptyTitle}>{t('home.recentEmptyTitle')}</p>
      <p className={css.note}>{t('home.recentEmpty')}</p>
    </div>
  )
}
