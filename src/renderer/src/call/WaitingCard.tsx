import { Copy } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { formatInvite, type Invite } from '#contracts/invite.ts'
import { useCopyInvite } from '../desktop/use-copy-invite.tsx'
import { Button } from '../ui/Button.tsx'
import css from './WaitingCard.module.css'

/** Stands where the first guest's picture will be. */
export function WaitingCard({ invite }: { invite: Invite }) {
  const { t } = useTranslation()
  const copyInvite = useCopyInvite()
  return (
    <section className={css.card} aria-labelledby="waiting-title">
      <h2 id="waiting-title" className={css.title}>
        {t('call.waitingTitle')}
      </h2>
      <p className={css.text}>{t('call.waiting')}</p>
      <p className={css.link} title={t('call.inviteLink')}>
        {formatInvite(invite)}
      </p>
      <Button look="primary" icon={<Copy size={17} />} onClick={() => void copyInvite(invite)}>
        {t('common.copyInvite')}
      </Button>
      <p className={css.code}>
        {t('call.code')} <strong className={css.letters}>{invite.code}</strong>
      </p>
    </section>
  )
}
