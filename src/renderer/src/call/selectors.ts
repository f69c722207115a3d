import type { PeerId } from '#contracts/ids.ts'
import type { Source } from '#contracts/rtp.ts'
import type { CallState, RemotePeer } from './call-state.ts'

const nobody: ReadonlyMap<PeerId, RemotePeer> = new Map()

/** The same map as long as nobody and nothing of them changed. */
export const selectPeers = (state: CallState): ReadonlyMap<PeerId, RemotePeer> =>
  state.phase === 'live' ? state.peers : nobody

export const selectPeer =
  (peerId: PeerId) =>
  (state: CallState): RemotePeer | null =>
    selectPeers(state).get(peerId) ?? null

export const selectTrack =
  (peerId: PeerId, source: Source) =>
  (state: CallState): MediaStreamTrack | null =>
    selectPeers(state).get(peerId)?.streams.get(source)?.track ?? null
