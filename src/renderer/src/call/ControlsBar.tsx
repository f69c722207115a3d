import { Link2, Mic, MicOff, Settings2, UsersRound, Video, VideoOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { toKeys } from '../desktop/shortcut-keys.ts'
import { useCopyInvite } from '../desktop/use-copy-invite.tsx'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { IconButton } from '../ui/IconButton.tsx'
import css from './ControlsBar.module.css'
import type { LiveCall } from './call-state.ts'
import { ElapsedTime } from './ElapsedTime.tsx'
import { LeaveButton } from './LeaveButton.tsx'

export interface ControlsBarProps {
  call: LiveCall
  peopleOpen: boolean
  onTogglePeople: () => void
  onOpenSettings: () => void
}

export function ControlsBar({
  call: { meeting, invite, self, peers },
  peopleOpen,
  onTogglePeople,
  onOpenSettings,
}: ControlsBarProps) {
  const { t } = useTranslation()
  const { platform } = useDesktop().info
  const copyInvite = useCopyInvite()
  const { micOn, camOn, toggleMic, toggleCam } = useDeviceToggles()
  return (
    <div className={css.bar} role="toolbar" aria-label={t('call.controls')}>
      <div className={css.about}>
        <span className={css.title} title={meeting.title}>
          {meeting.title}
        </span>
        <span className={css.time}>
          <ElapsedTime />
        </span>
      </div>
      <div className={css.main}>
        <IconButton
          size="large"
          look={micOn ? 'solid' : 'off'}
          label={t(micOn ? 'call.mute' : 'call.unmute')}
          shortcut={toKeys(platform, 'Ctrl', 'D')}
          icon={micOn ? <Mic size={21} /> : <MicOff size={21} />}
          onClick={toggleMic}
        />
        <IconButton
          size="large"
          look={camOn ? 'solid' : 'off'}
          label={t(camOn ? 'call.stopCamera' : 'call.startCamera')}
          shortcut={toKeys(platform, 'Ctrl', 'E')}
          icon={camOn ? <Video size={21} /> : <VideoOff size={21} />}
          onClick={toggleCam}
        />
        <LeaveButton role={self.role} />
      </div>
      <div className={css.side}>
        <IconButton label={t('common.copyInvite')} icon={<Link2 size={20} />} onClick={() => void copyInvite(invite)} />
        <IconButton
          look={peopleOpen ? 'solid' : 'quiet'}
          label={t('call.people')}
          shortcut={toKeys(platform, 'Ctrl', 'Shift', 'P')}
          icon={<UsersRound size={20} />}
          badge={peers.size + 1}
          aria-expanded={peopleOpen}
          onClick={onTogglePeople}
        />
        <IconButton label={t('common.settings')} icon={<Settings2 size={20} />} onClick={onOpenSettings} />
      </div>
    </div>
  )
}
