import { type AppError, CodedError, toAppError } from '#contracts/errors.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import type { EndReason } from '#contracts/meeting.ts'
import { RESUME_WINDOW_MS } from '#contracts/signaling/envelope.ts'
import type { LocalMedia } from '../media/local-media.ts'
import { orCancelled, throwIfCancelled } from '../signaling/cancelled.ts'
import { reconnect } from '../signaling/reconnect.ts'
import type { OpenChannel } from '../signaling/signaling-channel.ts'
import { type SendRequest, SignalingClient } from '../signaling/signaling-client.ts'
import { toCodedError, unwrapResult } from '../signaling/unwrap-result.ts'
import type { CallEvent } from './call-reducer.ts'
import { ConnectionHealth } from './connection-health.ts'
import type { JoinTimeline } from './join-timeline.ts'
import { type EarlyGrant, type Opened, requestGrant, resumeSeat, type Seat } from './joining.ts'
import { MediaSession } from './media-session.ts'
import type { Lobby } from './preparing.ts'
import type { RemoteStreams } from './remote-streams.ts'

export interface SessionDeps {
  api: DesktopApi
  media: LocalMedia
  openChannel: OpenChannel
  timeline: JoinTimeline
  dispatch(event: CallEvent): void
  /** Everything there is to receive has been asked for and described; may be told again. */
  onReceiving(): void
  /** The session is over by itself, after it closed what it owned. */
  onOver(over: Over): void
}

export type Over = { type: 'ended'; reason: EndReason } | { type: 'failed'; error: AppError }

/** From an offer to the transports of the SFU; building them takes milliseconds, a worker that starts anew a second. */
const ANSWER_TIMEOUT_MS = 15_000
/** How long leaving waits for the server before the socket closes anyway. */
const GOODBYE_MS = 1_000

/** One seat in one meeting, from taking it to giving it up; keeps it over lost sockets and broken media paths. */
export class LiveSession {
  readonly #deps: SessionDeps
  #lobby: Lobby
  readonly #displayName: string
  readonly #health: ConnectionHealth
  readonly #abort = new AbortController()
  #client: SignalingClient
  #seat: Seat | null = null
  #media: MediaSession | null = null
  /** News of streams that overtook the answer to the offer: they come from another service, in no order with it. */
  #early: ((remote: RemoteStreams) => void)[] = []
  #answerTimer: ReturnType<typeof setTimeout> | undefined
  #recovering = false

  /** Resolves when the seat is taken; media follows. The lobby's socket becomes the session's. @throws {CodedError} */
  static async join(deps: SessionDeps, lobby: Lobby, displayName: string, signal: AbortSignal): Promise<LiveSession> {
    const session = new LiveSession(deps, lobby, displayName)
    try {
      if (lobby.client.closed)
        session.#client = await SignalingClient.open(deps.openChannel, await session.#findServer(signal), signal)
      session.#listen(session.#client)
      await session.#takeSeat(signal, await orCancelled(signal, lobby.earlyGrant))
      return session
    } catch (error) {
      session.leave()
      throw error
    }
  }

  private constructor(deps: SessionDeps, lobby: Lobby, displayName: string) {
    this.#deps = deps
    this.#lobby = lobby
    this.#displayName = displayName
    this.#client = lobby.client
    this.#health = new ConnectionHealth(connection => deps.dispatch({ type: 'connection', connection }))
  }

  /** For the overlay. */
  get sfu() {
    return this.#media?.sfu ?? null
  }

  /** Gives the seat up, if there is one, and closes. Idempotent. */
  leave(): void {
    if (this.#abort.signal.aborted) return
    const client = this.#client
    const goodbye = this.#seat ? client.request('session.leave', {}, { timeoutMs: GOODBYE_MS }) : Promise.resolve()
    this.#close()
    void Promise.allSettled([goodbye]).then(() => client.close())
  }

  /** Ends it for everyone. @throws {CodedError} */
  async endForAll(): Promise<void> {
    await this.#client.request('meeting.end', {})
  }

  #close(): void {
    this.#abort.abort()
    clearTimeout(this.#answerTimer)
    this.#client.listen({}, () => {})
    this.#media?.close()
    this.#media = null
  }

  #over(over: Over): void {
    if (this.#abort.signal.aborted) return
    this.#close()
    this.#client.close()
    this.#deps.onOver(over)
  }

  #fail(error: unknown): void {
    this.#over({ type: 'failed', error: toAppError(error) })
  }

  async #takeSeat(signal: AbortSignal, early: EarlyGrant | null = null): Promise<void> {
    const { api, timeline } = this.#deps
    const { invite, hosting, ownerToken } = this.#lobby
    const client = this.#client
    const displayName = this.#displayName
    const isEarly = early?.displayName === displayName
    const token = isEarly
      ? early.token
      : await orCancelled(signal, requestGrant(client, { api, invite, hosting, ownerToken, displayName }))
    timeline.mark('grant')
    const opening = client.request('session.open', { token })
    // pipelined: the server handles one socket's requests in order
    const settleOffer = this.#offer(client)
    const opened = await opening.catch((error: unknown) => {
      if (isEarly && error instanceof CodedError && error.code === 'token-expired') return null
      throw error
    })
    // somebody looked into the mirror for long
    if (!opened) return this.#takeSeat(signal)
    this.#seat = { token, resumeKey: opened.resumeKey }
    throwIfCancelled(signal)
    timeline.mark('opened')
    this.#opened(opened)
    client.release()
    settleOffer()
  }

  #opened({ peerId, userId, displayName, role, meeting, peers }: Opened): void {
    this.#media?.close()
    this.#media = null
    this.#deps.dispatch({ type: 'opened', self: { peerId, userId, displayName, role }, meeting, peers })
    this.#health.media('connecting')
  }

  /** @returns settles the offer once there is a seat; without one it is `session.open` that says why */
  #offer(client: SignalingClient): () => void {
    this.#awaitAnswer()
    // its answer knows all that was told until now
    this.#early = []
    const offering = client.request('webrtc.offer', { rtpCapabilities: this.#lobby.device.recvRtpCapabilities })
    const outcome = offering.then(
      () => null,
      (error: unknown) => ({ error }),
    )
    return () =>
      void outcome.then(failed => {
        // a lost socket has its own way on
        if (failed && client === this.#client && !client.closed) this.#fail(failed.error)
      })
  }

  #awaitAnswer(): void {
    clearTimeout(this.#answerTimer)
    this.#answerTimer = setTimeout(() => {
      this.#fail(
        new CodedError('media-unavailable', 'The meeting’s server did not answer with a way for sound and pictures.'),
      )
    }, ANSWER_TIMEOUT_MS)
  }

  #listen(client: SignalingClient): void {
    const { dispatch } = this.#deps
    // until the reply to `session.open` has made the people known that they are about
    client.hold()
    client.listen(
      {
        'peer.joined': ({ peer }) => {
          dispatch({ type: 'peer-joined', peer })
          this.#hear(remote => remote.peerJoined(peer.peerId))
        },
        'peer.left': ({ peerId }) => {
          this.#hear(remote => remote.peerLeft(peerId))
          dispatch({ type: 'peer-left', peerId })
        },
        'webrtc.answer': answer => {
          clearTimeout(this.#answerTimer)
          // after a resume the server repeats what may not have arrived
          if (this.#media?.isOf(answer)) return this.#media.remote.start(answer.streams)
          this.#deps.timeline.mark('answer')
          this.#connectMedia(answer)
        },
        'webrtc.ice_candidate': ({ transportId, iceParameters }) => {
          this.#media?.sfu
            .restartIce(transportId, iceParameters)
            .catch(error => console.debug('call: ICE restart failed', error))
        },
        'stream.started': ({ stream }) => this.#hear(remote => remote.start([stream])),
        'stream.stopped': ({ producerId }) => this.#hear(remote => remote.stop(producerId)),
        'stream.paused': ({ producerId, paused }) => this.#hear(remote => remote.pause(producerId, paused)),
        'speaker.active': ({ peerId }) => dispatch({ type: 'active-speaker', peerId }),
        'speaker.levels': ({ levels }) => dispatch({ type: 'levels', levels }),
        'meeting.ended': ({ reason }) => this.#over({ type: 'ended', reason }),
        'session.closed': ({ error }) => {
          // a server that goes down for a moment is worth waiting for
          if (error.code !== 'unavailable') this.#fail(toCodedError(error))
        },
      },
      () => void this.#recover(),
    )
  }

  #hear(news: (remote: RemoteStreams) => void): void {
    if (this.#media) news(this.#media.remote)
    else this.#early.push(news)
  }

  #connectMedia(answer: ConstructorParameters<typeof MediaSession>[0]): void {
    this.#media?.close()
    const { media, timeline, dispatch, onReceiving } = this.#deps
    const request: SendRequest = (method, data, options) => this.#client.request(method, data, options)
    this.#health.media('connected')
    this.#media = new MediaSession(answer, {
      device: this.#lobby.device,
      media,
      timeline,
      request,
      dispatch,
      onReceiving,
      onHealth: health => this.#health.media(health),
      onStale: () => this.#reoffer(),
      onHopeless: error => this.#fail(error),
    })
    const early = this.#early
    this.#early = []
    for (const news of early) news(this.#media.remote)
  }

  /** The server has forgotten this peer's transports, or holds what cannot be named: new ones, on the same seat. */
  #reoffer(): void {
    if (!this.#media) return
    this.#media.remote.forget()
    this.#media.close()
    this.#media = null
    this.#health.media('broken')
    // without a socket, taking the seat again does it
    if (!this.#client.closed) this.#offer(this.#client)()
  }

  /** The socket is lost: takes the seat again, or a new one. */
  async #recover(): Promise<void> {
    if (this.#recovering || this.#abort.signal.aborted) return
    this.#recovering = true
    clearTimeout(this.#answerTimer)
    const lostAtMs = performance.now()
    this.#health.socketLost(lostAtMs)
    try {
      await reconnect(
        signal => this.#reseat(performance.now() - lostAtMs < RESUME_WINDOW_MS, signal),
        this.#abort.signal,
      )
      this.#health.socketBack()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#recovering = false
    }
    if (this.#client.closed) void this.#recover()
  }

  async #reseat(resumable: boolean, signal: AbortSignal): Promise<void> {
    const client = await SignalingClient.open(this.#deps.openChannel, await this.#findServer(signal), signal)
    this.#client.close()
    this.#client = client
    this.#listen(client)
    try {
      const opened = resumable && this.#seat ? await orCancelled(signal, resumeSeat(client, this.#seat)) : null
      if (!opened) {
        await this.#takeSeat(signal)
        return
      }
      this.#seat = this.#seat && { ...this.#seat, resumeKey: opened.resumeKey }
      if (opened.resumed) this.#resumed(opened)
      else {
        this.#opened(opened)
        this.#offer(client)()
      }
      client.release()
    } catch (error) {
      // an offer without a seat is not waited for; the next attempt makes its own
      clearTimeout(this.#answerTimer)
      client.close()
      throw error
    }
  }

  /** Services here may have been started anew, on other ports; while they are, this waits. @throws {CodedError} */
  async #findServer(signal: AbortSignal): Promise<ServerTarget> {
    const { invite, hosting, ownerToken } = this.#lobby
    if (!hosting) return invite.server
    const { server, ...fresh } = unwrapResult(await orCancelled(signal, this.#deps.api.host.start()))
    this.#lobby = { ...this.#lobby, invite: { ...invite, server }, ownerToken: ownerToken && fresh.ownerToken }
    return server
  }

  #resumed({ meeting, peers }: Opened): void {
    this.#deps.dispatch({ type: 'resumed', meeting, peers })
    for (const { peerId } of peers) this.#media?.remote.peerJoined(peerId)
    if (this.#media) this.#media.refresh()
    else this.#offer(this.#client)()
  }
}
