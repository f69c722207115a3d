import { CodedError, toAppError } from '#contracts/errors.ts'
import { ConsumerId, MeetingCode, MeetingId, PeerId, ProducerId, TransportId, UserId } from '#contracts/ids.ts'
import { type MeetingView, PeerView, type StreamView } from '#contracts/meeting.ts'
import type { Source, TransportOptions } from '#contracts/rtp.ts'
import { RequestFrame } from '#contracts/signaling/envelope.ts'
import {
  type NotificationData,
  type NotificationMethod,
  signalingNotifications,
} from '#contracts/signaling/notifications.ts'
import {
  type SignalingMethod,
  type SignalingReply,
  type SignalingRequest,
  signalingRequests,
} from '#contracts/signaling/requests.ts'
import { FakeNetwork, type FakeSocket } from '../signaling/fake-channel.ts'

type Handlers = { [M in SignalingMethod]: (data: SignalingRequest<M>, socket: FakeSocket) => SignalingReply<M> }

export const code = MeetingCode.parse('abc-defg-hij')
const meetingId = MeetingId.parse('meeting-1')

export function peerView(name: string, joinedAtMs = 1_000): PeerView {
  return PeerView.parse({
    peerId: `peer-${name}`,
    userId: `user-${name}`,
    displayName: name,
    role: 'participant',
    joinedAtMs,
  })
}

export function streamView({ peerId }: PeerView, source: StreamView['source'], paused = false): StreamView {
  const producerId = ProducerId.parse(`${peerId}-${source}`)
  return { producerId, peerId, source, kind: source === 'mic' ? 'audio' : 'video', paused }
}

/** One meeting on one server, as a client sees it: it reads and writes the real frames and checks them by the real schemas. */
export class FakeMeetingServer {
  readonly network = new FakeNetwork({
    onText: (socket, text) => this.#receive(socket, text),
    onClosed: socket => {
      if (socket === this.#seat?.socket) this.#seat.socket = null
    },
  })
  /** Every request in the order received. */
  readonly requests: { method: SignalingMethod; data: unknown }[] = []
  readonly ownerToken = 'owner-token'
  peers: PeerView[] = []
  streams: StreamView[] = []
  meetingState: MeetingView['state'] = 'started'
  /** Answers of these methods fail with this. */
  readonly refusals = new Map<SignalingMethod, CodedError>()
  /** These are done, but nobody hears of it. */
  readonly swallowed = new Set<SignalingMethod>()
  /** Grants that are too old to open a seat. */
  readonly expired = new Set<string>()
  /** Whether an offer is answered. */
  answers = true
  /** Whether an offer gets new transports. */
  rebuilds = false
  /** Whether it still knows the seat when somebody comes back. */
  remembers = true

  #seats = 0
  #generation = 0
  #producers = 0
  readonly #sources = new Set<Source>()
  #seat: { peerId: PeerId; token: string; socket: FakeSocket | null; answered: boolean } | null = null

  readonly #handlers: Handlers = {
    'meeting.create': ({ ownerToken, title }) => {
      if (ownerToken !== this.ownerToken) throw new CodedError('forbidden', 'Not yours.')
      this.meetingState = 'created'
      return { meeting: { ...this.#meeting(), title } }
    },
    'lobby.enter': request => {
      if (request.code !== code) throw new CodedError('meeting-unknown', 'No such meeting.')
      return { meeting: this.#meeting(), routerRtpCapabilities: { codecs: [], headerExtensions: [] } }
    },
    'grant.request': () => {
      if (this.meetingState === 'ended') throw new CodedError('meeting-ended', 'It is over.')
      const seat = ++this.#seats
      return { token: `grant-${seat}`, userId: UserId.parse(`user-self-${seat}`), expiresAtMs: 0 }
    },
    'session.open': ({ token, resumeKey }, socket) => {
      const back = this.remembers && this.#seat?.token === token && resumeKey === `resume-${token}`
      if (this.expired.has(token)) throw new CodedError('token-expired', 'Too old.')
      if (resumeKey && !back) throw new CodedError('token-expired', 'Too late.')
      if (back && this.#seat) this.#seat.socket = socket
      else this.#seat = { peerId: PeerId.parse(`peer-self-${this.#seats}`), token, socket, answered: false }
      return {
        peerId: this.#seat?.peerId ?? PeerId.parse('nobody'),
        userId: UserId.parse(`user-self-${this.#seats}`),
        displayName: 'Self',
        role: 'participant',
        resumeKey: `resume-${token}`,
        resumed: back,
        meeting: this.#meeting(),
        peers: this.peers,
      }
    },
    'webrtc.offer': () => {
      if (this.rebuilds) this.#generation++
      this.#sources.clear()
      if (this.answers) this.answer()
      return {}
    },
    'transport.connect': () => ({}),
    'transport.restartIce': ({ transportId }) => {
      const iceParameters = { usernameFragment: 'new', password: 'new' }
      this.notify('webrtc.ice_candidate', { transportId, iceParameters, iceCandidates: [] })
      return {}
    },
    'producer.create': ({ source }) => {
      if (this.#sources.has(source)) throw new CodedError('media-rejected', 'It is being sent already.')
      this.#sources.add(source)
      return { producerId: ProducerId.parse(`own-${++this.#producers}`) }
    },
    'producer.pause': () => ({}),
    'producer.close': () => ({}),
    'consumer.create': ({ producerIds }) => ({
      consumers: this.streams
        .filter(({ producerId }) => producerIds.includes(producerId))
        .map(({ producerId, peerId, source, kind, paused }) => ({
          consumerId: ConsumerId.parse(`consumer-of-${producerId}`),
          producerId,
          peerId,
          source,
          kind,
          rtpParameters: { codecs: [{ mimeType: `${kind}/x`, payloadType: 100, clockRate: 90_000 }] },
          producerPaused: paused,
        })),
      refused: [],
    }),
    'consumer.pause': () => ({}),
    'consumer.setPreferredLayers': () => ({}),
    'session.leave': () => {
      this.#seat = null
      return {}
    },
    'meeting.end': () => {
      this.notify('meeting.ended', { reason: 'host-ended' })
      return {}
    },
  }

  get seated(): PeerId | null {
    return this.#seat?.peerId ?? null
  }

  asked(method: SignalingMethod): unknown[] {
    return this.requests.filter(request => request.method === method).map(({ data }) => data)
  }

  notify<M extends NotificationMethod>(method: M, data: NotificationData<M>): void {
    this.#seat?.socket?.send({ type: 'notification', method, data: signalingNotifications[method].parse(data) })
  }

  /** The SFU's answer; the same transports for the same seat. */
  answer(): void {
    const seat = this.#seat
    if (!seat) return
    seat.answered = true
    this.notify('webrtc.answer', {
      sendTransport: transportOptions(`${seat.token}-send${this.#generation || ''}`),
      recvTransport: transportOptions(`${seat.token}-recv${this.#generation || ''}`),
      streams: this.streams,
    })
  }

  /** Somebody comes in with microphone and camera. */
  arrive(name: string, joinedAtMs?: number): PeerView {
    const peer = peerView(name, joinedAtMs)
    const streams = [streamView(peer, 'mic'), streamView(peer, 'cam')]
    this.peers = [...this.peers, peer]
    this.streams = [...this.streams, ...streams]
    this.notify('peer.joined', { peer })
    for (const stream of streams) this.notify('stream.started', { stream })
    return peer
  }

  #meeting(): MeetingView {
    const participantCount = this.peers.length
    return { meetingId, code, title: 'Weekly', state: this.meetingState, startedAtMs: null, participantCount }
  }

  #receive(socket: FakeSocket, text: string): void {
    const { id, method, data } = RequestFrame.parse(JSON.parse(text))
    if (!isMethod(method)) throw new Error(`unknown method ${method}`)
    try {
      const reply = this.#handle(method, data, socket)
      if (!this.swallowed.has(method)) socket.send({ type: 'response', id, ok: true, data: reply })
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      socket.send({ type: 'response', id, ok: false, error: toAppError(error) })
    }
  }

  #handle<M extends SignalingMethod>(method: M, data: unknown, socket: FakeSocket): SignalingReply<M> {
    const request = signalingRequests[method].request.parse(data)
    this.requests.push({ method, data: request })
    const refusal = this.refusals.get(method)
    if (refusal) throw refusal
    // both come from the same row of the contract, which the compiler cannot follow through a generic
    return this.#handlers[method](request as SignalingRequest<M>, socket)
  }
}

const isMethod = (method: string): method is SignalingMethod => Object.hasOwn(signalingRequests, method)

const transportOptions = (id: string): TransportOptions => ({
  id: TransportId.parse(id),
  iceParameters: { usernameFragment: 'u', password: 'p' },
  iceCandidates: [],
  dtlsParameters: { fingerprints: [{ algorithm: 'sha-256', value: 'AA' }] },
})
