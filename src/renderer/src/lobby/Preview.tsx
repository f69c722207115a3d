import { Mic, MicOff, Video, VideoOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { toKeys } from '../desktop/shortcut-keys.ts'
import { useShortcuts } from '../desktop/use-shortcuts.ts'
import { useLocalMedia } from '../media/local-media-context.tsx'
import { useTrack } from '../media/use-track.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Spinner } from '../ui/Spinner.tsx'
import { useDeviceToggles } from './device-toggles.ts'
import css from './Preview.module.css'

/** How others will see this person: mirrored, because that is how people know themselves. */
export function Preview({ name }: { name: string }) {
  const { t } = useTranslation()
  const { platform } = useDesktop().info
  const cam = useLocalMedia(state => state.cam)
  const video = useTrack<HTMLVideoElement>(cam.state === 'on' ? cam.track : null)
  const { micOn, camOn, toggleMic, toggleCam } = useDeviceToggles()
  useShortcuts({ 'mod+d': toggleMic, 'mod+e': toggleCam })
  return (
    <figure className={css.preview} aria-label={t('lobby.preview')}>
      {cam.state === 'on' ? (
        <video ref={video} className={css.video} data-self="" data-source="cam" autoPlay muted playsInline />
      ) : (
        <div className={css.placeholder}>
          {cam.state === 'starting' ? <Spinner size={32} /> : <Avatar name={name} size="fluid" />}
          <p className={css.note}>{t(cam.state === 'starting' ? 'lobby.cameraStarting' : 'lobby.cameraOff')}</p>
        </div>
      )}
      {name.trim() ? <figcaption className={css.name}>{name}</figcaption> : null}
      <div className={css.toggles}>
        <IconButton
          size="large"
          look={micOn ? 'glass' : 'off'}
          label={t(micOn ? 'devices.mute' : 'devices.unmute')}
          shortcut={toKeys(platform, 'Ctrl', 'D')}
          icon={micOn ? <Mic size={21} /> : <MicOff size={21} />}
          onClick={toggleMic}
        />
        <IconButton
          size="large"
          look={camOn ? 'glass' : 'off'}
          label={t(camOn ? 'devices.stopCamera' : 'devices.startCamera')}
          shortcut={toKeys(platform, 'Ctrl', 'E')}
          icon={camOn ? <Video size={21} /> : <VideoOff size={21} />}
          onClick={toggleCam}
        />
      </div>
    </figure>
  )
}
