import type { Source } from '#contracts/rtp.ts'
import type { RemotePeer } from './call-state.ts'

/** Room noise stays below this; speech does not. In dBov. */
const SPEECH_DBOV = -50

/** A source that is absent sends as little as a paused one. */
export const isSending = (peer: RemotePeer, source: Source): boolean => peer.streams.get(source)?.paused === false

export interface Voice {
  muted: boolean
  /** The one whom the server hears most. */
  active: boolean
  volumeDbov: number
}

export const isSpeaking = ({ muted, active, volumeDbov }: Voice): boolean =>
  !muted && (active || volumeDbov >= SPEECH_DBOV)
