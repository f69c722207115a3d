import { Link2, Mic, MicOff, Settings2, UsersRound, Video, VideoOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useShallow } from 'zustand/react/shallow'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { toKeys } from '../desktop/shortcut-keys.ts'
import { useCopyInvite } from '../desktop/use-copy-invite.tsx'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { IconButton } from '../ui/IconButton.tsx'
import css from './ControlsBar.module.css'
import { useCall } from './call-context.tsx'
import type { CallState } from './call-state.ts'
import { ElapsedTime } from './ElapsedTime.tsx'
import { LeaveButton } from './LeaveButton.tsx'

export interface ControlsBarProps {
  peopleOpen: boolean
  onTogglePeople: () => void
  onOpenSettings: () => void
}

/** As little of the call as the bar shows: voices change several times in a second. */
const selectBar = (state: CallState) =>
  state.phase === 'live'
    ? { title: state.meeting.title, invite: state.invite, role: state.self.role, count: state.peers.size + 1 }
    : null

export function ControlsBar({ peopleOpen, onTogglePeople, onOpenSettings }: ControlsBarProps) {
  const { t } = useTranslation()
  const { platform } = useDesktop().info
  const copyInvite = useCopyInvite()
  const bar = useCall(useShallow(selectBar))
  const { micOn, camOn, toggleMic, toggleCam } = useDeviceToggles()
  if (!bar) return null
  const { title, invite, role, count } = bar
  return (
    <div className={css.bar} role="toolbar" aria-label={t('call.controls')}>
      <div className={css.about}>
        <span className={css.title} title={title}>
          {title}
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
        <LeaveButton role={role} />
      </div>
      <div className={css.side}>
        <IconButton label={t('common.copyInvite')} icon={<Link2 size={20} />} onClick={() => void copyInvite(invite)} />
        <IconButton
          look={peopleOpen ? 'solid' : 'quiet'}
          label={t('call.people')}
          shortcut={toKeys(platform, 'Ctrl', 'Shift', 'P')}
          icon={<UsersRound size={20} />}
          badge={count}
          aria-expanded={peopleOpen}
          onClick={onTogglePeople}
        />
        <IconButton label={t('common.settings')} icon={<Settings2 size={20} />} onClick={onOpenSettings} />
      </div>
    </div>
  )
}
