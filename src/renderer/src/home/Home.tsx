import { LockKeyhole, Settings2, Video } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useCallActions } from '../call/call-context.tsx'
import { useNewMeeting } from '../call/use-new-meeting.ts'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Logo } from '../ui/Logo.tsx'
import css from './Home.module.css'
import { JoinField } from './JoinField.tsx'
import { RecentMeetings } from './RecentMeetings.tsx'

export function Home({ onOpenSettings }: { onOpenSettings: () => void }) {
  const { t } = useTranslation()
  const { openInvite, openRecent } = useCallActions()
  const newMeeting = useNewMeeting()
  return (
    <div className={css.home}>
      <header className={css.header}>
        <span className={css.brand}>
          <Logo size={30} />
          {t('common.appName')}
        </span>
        <IconButton label={t('common.settings')} icon={<Settings2 size={20} />} onClick={onOpenSettings} />
      </header>
      <main className={css.main}>
        <section className={css.start}>
          <h1 className={css.headline}>{t('home.headline')}</h1>
          <p className={css.subline}>{t('home.subline')}</p>
          <div className={css.ways}>
            <Button look="primary" size="large" wide icon={<Video size={22} />} onClick={newMeeting}>
              {t('common.newMeeting')}
            </Button>
            <p className={css.or}>{t('home.or')}</p>
            <JoinField onJoin={text => void openInvite(text)} />
          </div>
        </section>
        <RecentMeetings onRejoin={({ invite }) => void openRecent(invite)} />
      </main>
      <footer className={css.footer}>
        <LockKeyhole size={15} aria-hidden="true" />
        {t('home.privacy')}
      </footer>
    </div>
  )
}
