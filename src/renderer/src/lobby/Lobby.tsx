import { ArrowLeft, Link2, Settings2, UsersRound } from 'lucide-react'
import { type FormEvent, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { DisplayName } from '#contracts/meeting.ts'
import { useCallActions } from '../call/call-context.tsx'
import type { CallState } from '../call/call-state.ts'
import { useCopyInvite } from '../desktop/use-copy-invite.tsx'
import { useLocalMedia, useLocalMediaActions } from '../media/local-media-context.tsx'
import { useSettings, useUpdateSettings } from '../settings/settings-context.tsx'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { TextField } from '../ui/TextField.tsx'
import { CaptureNotice } from './CaptureNotice.tsx'
import { DeviceSelect } from './DeviceSelect.tsx'
import css from './Lobby.module.css'
import { MicMeter } from './MicMeter.tsx'
import { Preview } from './Preview.tsx'

export interface LobbyProps {
  state: Extract<CallState, { phase: 'lobby' | 'joining' }>
  onOpenSettings: () => void
}

export function Lobby({ state: { phase, meeting, invite, hosting }, onOpenSettings }: LobbyProps) {
  const { t } = useTranslation()
  const { join, goHome } = useCallActions()
  const copyInvite = useCopyInvite()
  const [name, setName] = useState(useSettings(settings => settings.displayName))
  const [judged, setJudged] = useState(false)
  const updateSettings = useUpdateSettings()
  const joining = phase === 'joining'
  const micOpen = useLocalMedia(({ mic }) => mic.state === 'on')
  useStartDevices()

  const submit = (event: FormEvent) => {
    event.preventDefault()
    setJudged(true)
    const displayName = DisplayName.safeParse(name)
    if (joining || !displayName.success) return
    void updateSettings({ displayName: displayName.data })
    void join(displayName.data)
  }
  const problem =
    !judged || DisplayName.safeParse(name).success ? null : name.trim() ? 'lobby.nameInvalid' : 'lobby.nameNeeded'
  const count = meeting.participantCount
  const people = count > 0 ? t('lobby.people', { count }) : t(hosting ? 'lobby.nobodyHosting' : 'lobby.nobodyYet')

  return (
    <div className={css.lobby}>
      <header className={css.header}>
        <Button look="quiet" icon={<ArrowLeft size={18} />} onClick={() => void goHome()}>
          {t(joining ? 'common.cancel' : 'common.back')}
        </Button>
        <IconButton label={t('common.settings')} icon={<Settings2 size={20} />} onClick={onOpenSettings} />
      </header>
      <main className={css.main}>
        <div className={css.look}>
          <Preview name={name} />
          <CaptureNotice device="cam" />
          <CaptureNotice device="mic" />
          {micOpen ? <MicMeter /> : null}
        </div>
        <form className={css.form} onSubmit={submit} noValidate>
          <div className={css.about}>
            <h1 className={css.title}>{meeting.title}</h1>
            <p className={css.people}>
              <UsersRound size={16} aria-hidden="true" />
              {people}
            </p>
          </div>
          <TextField
            label={t('lobby.name')}
            placeholder={t('lobby.namePlaceholder')}
            value={name}
            maxLength={60}
            autoFocus={!name}
            problem={problem && t(problem)}
            onChange={event => setName(event.target.value)}
          />
          <div className={css.devices}>
            <DeviceSelect kind="microphone" />
            <DeviceSelect kind="camera" />
            <DeviceSelect kind="speaker" />
          </div>
          <div className={css.actions}>
            <Button type="submit" look="primary" size="large" wide busy={joining}>
              {t(joining ? 'lobby.joining' : 'lobby.join')}
            </Button>
            {hosting ? (
              <Button wide icon={<Link2 size={18} />} onClick={() => void copyInvite(invite)}>
                {t('common.copyInvite')}
              </Button>
            ) : null}
          </div>
        </form>
      </main>
    </div>
  )
}

/** The lobby opens the microphone, and the camera unless the person wants to come without. */
function useStartDevices(): void {
  const { startMic, startCam, setMicMuted } = useLocalMediaActions()
  const joinMuted = useSettings(settings => settings.joinMuted)
  const joinWithCamera = useSettings(settings => settings.joinWithCamera)
  // biome-ignore lint/correctness/useExhaustiveDependencies: how the lobby begins; later changes are the person's own
  useEffect(() => {
    setMicMuted(joinMuted)
    void startMic()
    if (joinWithCamera) void startCam()
  }, [])
}
