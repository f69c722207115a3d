import type { AppError } from '#contracts/errors.ts'
import type { PeerId, ProducerId } from '#contracts/ids.ts'
import type { Invite } from '#contracts/invite.ts'
import type { EndReason, MeetingView, PeerView, StreamView } from '#contracts/meeting.ts'
import type { Source } from '#contracts/rtp.ts'
import type { CallState, Connection, LiveCall, RemotePeer, RemoteStream, Self } from './call-state.ts'

/** Everything that can happen to a call. Events of a phase that has passed change nothing. */
export type CallEvent =
  | { type: 'prepare'; hosting: boolean }
  | { type: 'prepared'; invite: Invite; meeting: MeetingView; hosting: boolean }
  | { type: 'join' }
  /** A seat was taken, for the first time or anew: whoever was there before is forgotten. */
  | { type: 'opened'; self: Omit<Self, 'volumeDbov'>; meeting: MeetingView; peers: readonly PeerView[] }
  /** The same seat on a new socket: those still there keep their media. */
  | { type: 'resumed'; meeting: MeetingView; peers: readonly PeerView[] }
  | { type: 'connection'; connection: Connection }
  | { type: 'peer-joined'; peer: PeerView }
  | { type: 'peer-left'; peerId: PeerId }
  | { type: 'stream-started'; stream: StreamView; track: MediaStreamTrack | null }
  | {
      type: 'streams-consumed'
      consumed: readonly { peerId: PeerId; producerId: ProducerId; track: MediaStreamTrack }[]
    }
  | { type: 'stream-paused'; peerId: PeerId; producerId: ProducerId; paused: boolean }
  | { type: 'stream-stopped'; peerId: PeerId; producerId: ProducerId }
  | { type: 'active-speaker'; peerId: PeerId | null }
  /** Whoever is not listed is silent. */
  | { type: 'levels'; levels: readonly { peerId: PeerId; volumeDbov: number }[] }
  | { type: 'ended'; reason: EndReason | 'left' }
  | { type: 'failed'; error: AppError; canRetry: boolean }
  | { type: 'home' }

const SILENCE_DBOV = -127

export function reduceCall(state: CallState, event: CallEvent): CallState {
  switch (event.type) {
    case 'prepare':
      return { phase: 'preparing', hosting: event.hosting }
    case 'prepared':
      return { phase: 'lobby', invite: event.invite, meeting: event.meeting, hosting: event.hosting }
    case 'join':
      return state.phase === 'lobby' ? { ...state, phase: 'joining' } : state
    case 'opened':
      return state.phase === 'joining' || state.phase === 'live' ? open(state, event) : state
    case 'resumed':
      return whenLive(state, live => ({ ...live, meeting: event.meeting, peers: keepPeers(live.peers, event.peers) }))
    case 'connection':
      return whenLive(state, live => ({ ...live, connection: event.connection }))
    case 'peer-joined':
      return whenLive(state, live => addPeer(live, event.peer))
    case 'peer-left':
      return whenLive(state, live => removePeer(live, event.peerId))
    case 'stream-started':
      return whenLive(state, live => startStream(live, event.stream, event.track))
    case 'streams-consumed':
      return whenLive(state, live => event.consumed.reduce(setTrack, live))
    case 'stream-paused':
      return whenLive(state, live => changeStream(live, event, stream => ({ ...stream, paused: event.paused })))
    case 'stream-stopped':
      return whenLive(state, live => changeStream(live, event, () => null))
    case 'active-speaker':
      return whenLive(state, live => ({ ...live, activeSpeaker: event.peerId }))
    case 'levels':
      return whenLive(state, live =>
        setLevels(live, new Map(event.levels.map(({ peerId, volumeDbov }) => [peerId, volumeDbov]))),
      )
    case 'ended':
      return state.phase === 'joining' || state.phase === 'live'
        ? { phase: 'ended', reason: event.reason, meeting: state.meeting, invite: state.invite }
        : state
    case 'failed':
      return { phase: 'failed', error: event.error, canRetry: event.canRetry }
    case 'home':
      return { phase: 'idle' }
    default:
      return assertNever(event)
  }
}

function open(
  state: Extract<CallState, { phase: 'joining' | 'live' }>,
  { self, meeting, peers }: Extract<CallEvent, { type: 'opened' }>,
): LiveCall {
  return {
    phase: 'live',
    invite: state.invite,
    meeting,
    self: { ...self, volumeDbov: SILENCE_DBOV },
    peers: keepPeers(new Map(), peers),
    activeSpeaker: null,
    connection: state.phase === 'live' ? state.connection : { state: 'connecting' },
  }
}

function whenLive(state: CallState, change: (live: LiveCall) => LiveCall): CallState {
  return state.phase === 'live' ? change(state) : state
}

/** In the order of joining; those known keep what is known of their media. */
function keepPeers(known: LiveCall['peers'], present: readonly PeerView[]): LiveCall['peers'] {
  const sorted = [...present].sort((a, b) => a.joinedAtMs - b.joinedAtMs)
  return new Map(sorted.map(peer => [peer.peerId, { ...(known.get(peer.peerId) ?? silent()), ...peer }]))
}

const silent = (): Pick<RemotePeer, 'streams' | 'volumeDbov'> => ({ streams: new Map(), volumeDbov: SILENCE_DBOV })

function addPeer(live: LiveCall, peer: PeerView): LiveCall {
  if (peer.peerId === live.self.peerId) return live
  return { ...live, peers: keepPeers(live.peers, [...live.peers.values(), peer]) }
}

function removePeer(live: LiveCall, peerId: PeerId): LiveCall {
  if (!live.peers.has(peerId)) return live
  const peers = new Map(live.peers)
  peers.delete(peerId)
  return { ...live, peers, activeSpeaker: live.activeSpeaker === peerId ? null : live.activeSpeaker }
}

function changePeer(live: LiveCall, peerId: PeerId, change: (peer: RemotePeer) => RemotePeer): LiveCall {
  const peer = live.peers.get(peerId)
  const changed = peer && change(peer)
  // setting an existing key keeps its place in the order
  return changed && changed !== peer ? { ...live, peers: new Map(live.peers).set(peerId, changed) } : live
}

function startStream(
  live: LiveCall,
  { peerId, producerId, source, paused }: StreamView,
  track: MediaStreamTrack | null,
): LiveCall {
  return changePeer(live, peerId, peer => {
    // told twice: what has been consumed stays
    if (peer.streams.get(source)?.producerId === producerId) return peer
    return { ...peer, streams: new Map(peer.streams).set(source, { producerId, source, paused, track }) }
  })
}

/** `change` gives the stream anew, or null to take it away. A producer that is not the source's current one is the past. */
function changeStream(
  live: LiveCall,
  { peerId, producerId }: { peerId: PeerId; producerId: ProducerId },
  change: (stream: RemoteStream) => RemoteStream | null,
): LiveCall {
  return changePeer(live, peerId, peer => {
    const stream = [...peer.streams.values()].find(candidate => candidate.producerId === producerId)
    if (!stream) return peer
    return { ...peer, streams: withStream(peer.streams, stream.source, change(stream)) }
  })
}

function setTrack(
  live: LiveCall,
  consumed: { peerId: PeerId; producerId: ProducerId; track: MediaStreamTrack },
): LiveCall {
  return changeStream(live, consumed, stream => ({ ...stream, track: consumed.track }))
}

function withStream(
  streams: RemotePeer['streams'],
  source: Source,
  stream: RemoteStream | null,
): RemotePeer['streams'] {
  const changed = new Map(streams)
  if (stream) changed.set(source, stream)
  else changed.delete(source)
  return changed
}

/** Peers whose volume stays the same stay the same objects. */
function setLevels(live: LiveCall, levels: ReadonlyMap<PeerId, number>): LiveCall {
  const volumeOf = (peerId: PeerId) => levels.get(peerId) ?? SILENCE_DBOV
  const heard = [...live.peers.keys()].reduce(
    (changed, peerId) =>
      changePeer(changed, peerId, peer => {
        const volumeDbov = volumeOf(peerId)
        return peer.volumeDbov === volumeDbov ? peer : { ...peer, volumeDbov }
      }),
    live,
  )
  const volumeDbov = volumeOf(live.self.peerId)
  return heard.self.volumeDbov === volumeDbov ? heard : { ...heard, self: { ...heard.self, volumeDbov } }
}

function assertNever(event: never): never {
  throw new Error(`unexpected call event ${JSON.stringify(event)}`)
}
