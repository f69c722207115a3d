import {
  CircleHelp,
  DoorClosed,
  Hourglass,
  type LucideIcon,
  MonitorSmartphone,
  PlugZap,
  ServerCrash,
  ShieldAlert,
  TriangleAlert,
  UsersRound,
  VideoOff,
  WifiOff,
} from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/Button.tsx'
import { useCallActions } from './call-context.tsx'
import type { CallState } from './call-state.ts'
import { type FailureWords, toFailure } from './failures.ts'
import { Message } from './Message.tsx'
import { useNewMeeting } from './use-new-meeting.ts'

const ICONS: Partial<Record<FailureWords, LucideIcon>> = {
  'invite-invalid': CircleHelp,
  'meeting-unknown': CircleHelp,
  'meeting-ended': DoorClosed,
  'meeting-full': UsersRound,
  'server-unreachable': WifiOff,
  'server-untrusted': ShieldAlert,
  'connection-lost': PlugZap,
  'already-joined': MonitorSmartphone,
  'session-replaced': MonitorSmartphone,
  'token-expired': Hourglass,
  'services-failed': ServerCrash,
  'media-unavailable': VideoOff,
  'media-rejected': VideoOff,
  timeout: Hourglass,
  'rate-limited': Hourglass,
  unavailable: Hourglass,
}

export function FailedScreen({ state: { error, canRetry } }: { state: Extract<CallState, { phase: 'failed' }> }) {
  const { t } = useTranslation()
  const { retry, goHome } = useCallActions()
  const newMeeting = useNewMeeting()
  const { words, tone, actions } = toFailure(error.code)
  const Icon = ICONS[words] ?? TriangleAlert
  const offered = actions.filter(action => action !== 'retry' || canRetry)
  return (
    <Message
      icon={<Icon size={34} strokeWidth={1.7} />}
      tone={tone}
      title={t(`failed.${words}.title`)}
      text={t(`failed.${words}.text`)}
      note={t('failed.code', { code: error.code })}
      actions={
        <>
          {offered.map((action, i) => (
            <Button
              key={action}
              look={i === 0 ? 'primary' : 'secondary'}
              onClick={() => (action === 'retry' ? void retry() : newMeeting())}
            >
              {t(action === 'retry' ? 'common.tryAgain' : 'common.newMeeting')}
            </Button>
          ))}
          <Button look={offered.length === 0 ? 'primary' : 'secondary'} onClick={() => void goHome()}>
            {t('common.back')}
          </Button>
        </>
      }
    />
  )
}
