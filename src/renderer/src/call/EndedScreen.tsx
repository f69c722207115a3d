import { DoorOpen, type LucideIcon, PowerOff, UsersRound } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { useCallActions } from './call-context.tsx'
import type { CallState } from './call-state.ts'
import { Message } from './Message.tsx'
import { useNewMeeting } from './use-new-meeting.ts'

type Ended = Extract<CallState, { phase: 'ended' }>

/** What comes before the way home, if anything. */
const ENDINGS: Record<Ended['reason'], { icon: LucideIcon; next: 'rejoin' | 'new-meeting' | null }> = {
  left: { icon: DoorOpen, next: 'rejoin' },
  'host-ended': { icon: DoorOpen, next: null },
  'host-quit': { icon: PowerOff, next: 'new-meeting' },
  'everyone-left': { icon: UsersRound, next: 'new-meeting' },
}

export function EndedScreen({ state: { reason, meeting } }: { state: Ended }) {
  const { t } = useTranslation()
  const { retry, goHome } = useCallActions()
  const newMeeting = useNewMeeting()
  const { icon: Icon, next } = ENDINGS[reason]
  const words = { rejoin: 'ended.rejoin', 'new-meeting': 'common.newMeeting' } as const
  return (
    <Message
      icon={<Icon size={34} strokeWidth={1.7} />}
      title={t(`ended.${reason}.title`)}
      text={t(`ended.${reason}.text`)}
      note={meeting.title}
      actions={
        <>
          {next ? (
            <Button look="primary" onClick={() => (next === 'new-meeting' ? newMeeting() : void retry())}>
              {t(words[next])}
            </Button>
          ) : null}
          <Button look={next ? 'secondary' : 'primary'} onClick={() => void goHome()}>
            {t('common.back')}
          </Button>
        </>
      }
    />
  )
}
