import { UserMinus, UserPlus } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useToast } from '../ui/toasts.tsx'
import { useCall } from './call-context.tsx'
import { selectPeers } from './selectors.ts'

/** Says who came and who went; whoever was there before oneself is no news. */
export function RosterNews() {
  const { t } = useTranslation()
  const toast = useToast()
  const peers = useCall(selectPeers)
  const known = useRef(peers)
  useEffect(() => {
    const before = known.current
    known.current = peers
    for (const { peerId, displayName: name } of peers.values()) {
      if (!before.has(peerId)) toast(t('call.joined', { name }), <UserPlus size={16} />)
    }
    for (const { peerId, displayName: name } of before.values()) {
      if (!peers.has(peerId)) toast(t('call.left', { name }), <UserMinus size={16} />)
    }
  }, [peers, t, toast])
  return null
}
