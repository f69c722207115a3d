import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useCall, useCallActions } from './call/call-context.tsx'
import { useDesktop } from './desktop/desktop-context.tsx'
import css from './OpenedLinks.module.css'
import { Button } from './ui/Button.tsx'
import { Dialog } from './ui/Dialog.tsx'

/** Follows parley:// links that the system hands over; asks first when that would end a call. */
export function OpenedLinks({ openedLink }: { openedLink: string | null }) {
  const { t } = useTranslation()
  const { api } = useDesktop()
  const { openInvite, leave } = useCallActions()
  const inCall = useCall(({ phase }) => phase === 'live' || phase === 'joining')
  const [asked, setAsked] = useState<string | null>(null)

  const follow = useRef<(link: string) => void>(() => {})
  follow.current = link => {
    if (inCall) setAsked(link)
    else void openInvite(link)
  }
  useEffect(() => {
    if (openedLink) follow.current(openedLink)
    return api.app.onLinkOpened(({ link }) => follow.current(link))
  }, [api, openedLink])

  if (asked === null) return null
  const go = async () => {
    setAsked(null)
    if (inCall) await leave()
    await openInvite(asked)
  }
  return (
    <Dialog size="small" title={t('link.title')} closeLabel={t('common.close')} onClose={() => setAsked(null)}>
      <p className={css.text}>{t('link.text')}</p>
      <div className={css.actions}>
        <Button onClick={() => setAsked(null)}>{t('link.stay')}</Button>
        <Button look="primary" onClick={() => void go()}>
          {t('link.go')}
        </Button>
      </div>
    </Dialog>
  )
}
