import { useTranslation } from 'react-i18next'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { useLocalMedia } from '../media/local-media-context.tsx'
import { useTrack } from '../media/use-track.ts'
import { useCall } from './call-context.tsx'
import { isSpeaking } from './peer-badges.ts'
import { selectSelf } from './selectors.ts'
import { Tile } from './Tile.tsx'

export function SelfTile() {
  const { t } = useTranslation()
  const self = useCall(selectSelf)
  const active = useCall(state => state.phase === 'live' && state.activeSpeaker === state.self.peerId)
  const cam = useLocalMedia(state => state.cam)
  const video = useTrack<HTMLVideoElement>(cam.state === 'on' ? cam.track : null)
  const { micOn } = useDeviceToggles()
  if (!self) return null
  const { peerId, displayName: name, volumeDbov } = self
  return (
    <Tile
      label={t('call.you', { name })}
      name={name}
      muted={!micOn}
      speaking={isSpeaking({ muted: !micOn, active, volumeDbov })}
      mirrored
      video={
        cam.state === 'on' ? (
          <video ref={video} data-peer-id={peerId} data-source="cam" data-self="" autoPlay muted playsInline />
        ) : null
      }
    />
  )
}
