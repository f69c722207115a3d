import { MicOff, VideoOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useDesktop } from '../desktop/desktop-context.tsx'
import { useLocalMedia, useLocalMediaActions } from '../media/local-media-context.tsx'
import { Button } from '../ui/Button.tsx'
import { Notice } from '../ui/Notice.tsx'

/** Why the camera or microphone gives nothing, and what to do about it; nothing while all is well. */
export function CaptureNotice({ device }: { device: 'mic' | 'cam' }) {
  const { t } = useTranslation()
  const { api, info } = useDesktop()
  const { startMic, startCam } = useLocalMediaActions()
  const failure = useLocalMedia(state => (state[device].state === 'failed' ? state[device].failure : null))
  if (!failure) return null

  const openSettings = () => void api.app.openPrivacySettings({ device: device === 'mic' ? 'microphone' : 'camera' })
  return (
    <Notice
      icon={device === 'mic' ? <MicOff size={18} /> : <VideoOff size={18} />}
      title={t(`devices.${device}.${failure}.title`)}
      actions={
        <>
          {failure === 'denied' && info.platform !== 'linux' ? (
            <Button size="small" onClick={openSettings}>
              {t('devices.openPrivacySettings')}
            </Button>
          ) : null}
          <Button size="small" onClick={() => void (device === 'mic' ? startMic() : startCam())}>
            {t('devices.retry')}
          </Button>
        </>
      }
    >
      {t(`devices.${device}.${failure}.text`)}
    </Notice>
  )
}
