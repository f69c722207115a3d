import { Mic, Video, Volume2 } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useLocalMedia, useLocalMediaActions } from '../media/local-media-context.tsx'
import { Select } from '../ui/Select.tsx'
import { toDeviceOptions } from './device-options.ts'

export type DeviceKind = 'microphone' | 'camera' | 'speaker'

const ICONS = { microphone: <Mic size={17} />, camera: <Video size={17} />, speaker: <Volume2 size={17} /> }

export function DeviceSelect({ kind }: { kind: DeviceKind }) {
  const { t } = useTranslation()
  const actions = useLocalMediaActions()
  const devices = useLocalMedia(state => state[`${kind}s`])
  const chosen = useLocalMedia(state => state[`${kind}Id`])
  const label = t(`devices.${kind}`)
  const options = toDeviceOptions(devices, t('devices.systemDefault'), label)
  const choose = (value: string) => {
    const deviceId = value || null
    if (kind === 'microphone') void actions.chooseMicrophone(deviceId)
    else if (kind === 'camera') void actions.chooseCamera(deviceId)
    else actions.chooseSpeaker(deviceId)
  }
  return (
    <Select
      label={label}
      icon={ICONS[kind]}
      value={options.some(({ value }) => value === chosen) ? (chosen ?? '') : ''}
      options={options}
      onChange={choose}
    />
  )
}
