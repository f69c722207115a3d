import type { PeerId } from '#contracts/ids.ts'
import type { Invite } from '#contracts/invite.ts'
import type { Source } from '#contracts/rtp.ts'
import type { CallState, Connection, RemotePeer, Self } from './call-state.ts'

const nobody: ReadonlyMap<PeerId, RemotePeer> = new Map()

/** The same map as long as nobody and nothing of them changed. */
export const selectPeers = (state: CallState): ReadonlyMap<PeerId, RemotePeer> =>
  state.phase === 'live' ? state.peers : nobody

/** A new map each time; as are the arrays below. */
export const selectNames = (state: CallState): ReadonlyMap<PeerId, string> =>
  new Map([...selectPeers(state).values()].map(({ peerId, displayName }) => [peerId, displayName]))

export const selectPeerIds = (state: CallState): PeerId[] => [...selectPeers(state).keys()]

/** Those who share their screen. */
export const selectScreens = (state: CallState): PeerId[] =>
  [...selectPeers(state).values()].filter(({ streams }) => streams.has('screen')).map(({ peerId }) => peerId)

/** Those whose voice has arrived. */
export const selectVoices = (state: CallState): PeerId[] =>
  [...selectPeers(state).values()].filter(({ streams }) => streams.get('mic')?.track).map(({ peerId }) => peerId)

export const selectSelf = (state: CallState): Self | null => (state.phase === 'live' ? state.self : null)

export const selectInvite = (state: CallState): Invite | null => (state.phase === 'live' ? state.invite : null)

export const selectConnection = (state: CallState): Connection | null =>
  state.phase === 'live' ? state.connection : null

export const selectPeer =
  (peerId: PeerId) =>
  (state: CallState): RemotePeer | null =>
    selectPeers(state).get(peerId) ?? null

export const selectTrack =
  (peerId: PeerId, source: Source) =>
  (state: CallState): MediaStreamTrack | null =>
    selectPeers(state).get(peerId)?.streams.get(source)?.track ?? null
