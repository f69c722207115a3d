import { useTranslation } from 'react-i18next'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { useLocalMedia } from '../media/local-media-context.tsx'
import { useTrack } from '../media/use-track.ts'
import { useCall } from './call-context.tsx'
import type { Self } from './call-state.ts'
import { isSpeaking } from './peer-badges.ts'
import { Tile } from './Tile.tsx'

export function SelfTile({ self: { peerId, displayName: name, volumeDbov } }: { self: Self }) {
  const { t } = useTranslation()
  const active = useCall(state => state.phase === 'live' && state.activeSpeaker === peerId)
  const cam = useLocalMedia(state => state.cam)
  const video = useTrack<HTMLVideoElement>(cam.state === 'on' ? cam.track : null)
  const { micOn } = useDeviceToggles()
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
