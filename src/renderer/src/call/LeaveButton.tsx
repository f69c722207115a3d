import { LogOut, OctagonX, PhoneOff, TriangleAlert } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import type { Role } from '#contracts/meeting.ts'
import { Button } from '../ui/Button.tsx'
import { Menu } from '../ui/Menu.tsx'
import { useToast } from '../ui/toasts.tsx'
import { useCallActions } from './call-context.tsx'

/** One click leaves; a host is asked whether the meeting should go on. */
export function LeaveButton({ role }: { role: Role }) {
  const { t } = useTranslation()
  const { leave, endForAll } = useCallActions()
  const toast = useToast()
  const end = async () => {
    if (!(await endForAll())) toast(t('call.endFailed'), <TriangleAlert size={16} />)
  }
  const icon = <PhoneOff size={19} />
  if (role !== 'host') {
    return (
      <Button look="danger" icon={icon} onClick={() => void leave()}>
        {t('call.leave')}
      </Button>
    )
  }
  return (
    <Menu
      trigger={
        <Button look="danger" icon={icon}>
          {t('call.leave')}
        </Button>
      }
      items={[
        {
          label: t('call.leaveMeeting'),
          hint: t('call.leaveHint'),
          icon: <LogOut size={18} />,
          onSelect: () => void leave(),
        },
        {
          label: t('call.endForAll'),
          hint: t('call.endHint'),
          icon: <OctagonX size={18} />,
          danger: true,
          onSelect: () => void end(),
        },
      ]}
    />
  )
}
