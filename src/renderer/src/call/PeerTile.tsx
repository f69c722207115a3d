import { useTranslation } from 'react-i18next'
import type { PeerId } from '#contracts/ids.ts'
import { useCall } from './call-context.tsx'
import { isSending, isSpeaking } from './peer-badges.ts'
import { selectPeer } from './selectors.ts'
import { Tile } from './Tile.tsx'
import { usePeerVideo } from './use-peer-video.ts'

export function PeerTile({ peerId, source }: { peerId: PeerId; source: 'cam' | 'screen' }) {
  const { t } = useTranslation()
  const peer = useCall(selectPeer(peerId))
  const active = useCall(state => state.phase === 'live' && state.activeSpeaker === peerId)
  const video = usePeerVideo(peerId, source)
  if (!peer) return null
  const { displayName: name, volumeDbov } = peer
  const muted = !isSending(peer, 'mic')
  const shows = isSending(peer, source) && peer.streams.get(source)?.track
  const picture = shows ? (
    <video ref={video} data-peer-id={peerId} data-source={source} autoPlay muted playsInline />
  ) : null
  return source === 'screen' ? (
    <Tile
      label={t('call.screenOf', { name })}
      name={name}
      muted={false}
      speaking={false}
      fit="contain"
      video={picture}
    />
  ) : (
    <Tile label={name} name={name} muted={muted} speaking={isSpeaking({ muted, active, volumeDbov })} video={picture} />
  )
}
