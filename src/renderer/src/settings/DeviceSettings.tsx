import { Mic, Volume2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CaptureNotice } from '../lobby/CaptureNotice.tsx'
import { DeviceSelect } from '../lobby/DeviceSelect.tsx'
import { MicMeter } from '../lobby/MicMeter.tsx'
import { useLocalMedia, useLocalMediaActions } from '../media/local-media-context.tsx'
import { Button } from '../ui/Button.tsx'
import css from './DeviceSettings.module.css'
import { playTestSound } from './test-sound.ts'

export function DeviceSettings() {
  return (
    <>
      <div className={css.device}>
        <DeviceSelect kind="microphone" />
        <MicTest />
      </div>
      <DeviceSelect kind="camera" />
      <div className={css.device}>
        <DeviceSelect kind="speaker" />
        <SpeakerTest />
      </div>
    </>
  )
}

/** While a microphone is open anyway, as in a lobby or call, its level shows without being asked for. */
function MicTest() {
  const { t } = useTranslation()
  const { startMic, setMicMuted } = useLocalMediaActions()
  const mic = useLocalMedia(state => state.mic.state)
  if (mic === 'on') return <MicMeter />
  const test = () => {
    setMicMuted(false)
    void startMic()
  }
  return (
    <>
      <CaptureNotice device="mic" />
      {mic === 'failed' ? null : (
        <div>
          <Button size="small" icon={<Mic size={15} />} busy={mic === 'starting'} onClick={test}>
            {t('settings.testMic')}
          </Button>
        </div>
      )}
    </>
  )
}

function SpeakerTest() {
  const { t } = useTranslation()
  const speakerId = useLocalMedia(state => state.speakerId)
  const [test, setTest] = useState<'idle' | 'playing' | 'failed'>('idle')
  const play = () => {
    setTest('playing')
    playTestSound(speakerId).then(
      () => setTest('idle'),
      () => setTest('failed'),
    )
  }
  return (
    <div>
      <Button size="small" icon={<Volume2 size={15} />} disabled={test === 'playing'} onClick={play}>
        {t(test === 'playing' ? 'settings.testingSpeaker' : 'settings.testSpeaker')}
      </Button>
      {test === 'failed' ? <p className={css.problem}>{t('settings.speakerFailed')}</p> : null}
    </div>
  )
}
