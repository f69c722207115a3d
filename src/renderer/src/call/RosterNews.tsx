import { UserMinus, UserPlus } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useShallow } from 'zustand/react/shallow'
import { useToast } from '../ui/toasts.tsx'
import { useCall } from './call-context.tsx'
import { selectNames } from './selectors.ts'

/** Says who came and who went, as long as the call is on; whoever was there before oneself is no news. */
export function RosterNews() {
  const { t } = useTranslation()
  const toast = useToast()
  const names = useCall(useShallow(selectNames))
  const known = useRef(names)
  const dismissals = useRef<(() => void)[]>([])
  useEffect(() => {
    const before = known.current
    known.current = names
    for (const [peerId, name] of names) {
      if (!before.has(peerId)) dismissals.current.push(toast(t('call.joined', { name }), <UserPlus size={16} />))
    }
    for (const [peerId, name] of before) {
      if (!names.has(peerId)) dismissals.current.push(toast(t('call.left', { name }), <UserMinus size={16} />))
    }
  }, [names, t, toast])
  useEffect(() => {
    const shown = dismissals
    return () => {
      for (const dismiss of shown.current) dismiss()
    }
  }, [])
  return null
}
