import { Check, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { formatInvite, type Invite } from '#contracts/invite.ts'
import { useToast } from '../ui/toasts.tsx'
import { useDesktop } from './desktop-context.tsx'

/** @returns puts the invite's link on the clipboard and says so */
export function useCopyInvite(): (invite: Invite) => Promise<void> {
  const { api } = useDesktop()
  const { t } = useTranslation()
  const toast = useToast()
  return async invite => {
    const copied = await api.app.copyText({ text: formatInvite(invite) })
    if (copied.ok) toast(t('call.linkCopied'), <Check size={16} />)
    else toast(t('call.copyFailed'), <TriangleAlert size={16} />)
  }
}
