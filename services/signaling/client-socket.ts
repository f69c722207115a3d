import { randomUUID } from 'node:crypto'
import { WebSocket } from 'ws'
import { type AppError, CodedError, type ErrorCode, toAppError } from '#contracts/errors.ts'
import type { Log } from '../shared/log/log.ts'
import { CloseCode } from './close-code.ts'
import { peekId, readFrame, toErrorFrame, toNotificationFrame, toReplyFrame } from './frames.ts'
import { startHeartbeat } from './heartbeat.ts'
import { SocketLimit } from './rate-limit.ts'
import type { PreparedRequest, RequestRouter } from './request-router.ts'
import type { Session, SessionSocket } from './session.ts'
import type { SessionEnding } from './session-ending.ts'
import type { SignalingConfig } from './signaling-config.ts'
import { toSpentError } from './spent-seat.ts'

export interface ClientSocketDeps {
  router: RequestRouter
  ending: SessionEnding
  config: SignalingConfig
  log: Log
}

/** How long a client may take to answer a close before the socket is cut. */
const CLOSE_GRACE_MS = 2_000

/** One client's socket: reads frames within limits, hands requests on, sends replies and notifications in order. */
export class ClientSocket implements SessionSocket {
  /** For logs; a session has its own id, the peer's. */
  readonly socketId = randomUUID()
  /** Key of its limits; see `toAddressKey`. */
  readonly address: string
  readonly #ws: WebSocket
  readonly #deps: ClientSocketDeps
  readonly #limit: SocketLimit
  readonly #stopHeartbeat: () => void
  #session: Session | null = null
  /** Settles when the last `session.open` is answered; requests sent after it wait for that. */
  #opened: Promise<void> = Promise.resolve()
  #isOpening = false
  #badFramesInARow = 0
  #idleTimer: NodeJS.Timeout
  #isLeaving = false

  constructor(ws: WebSocket, address: string, deps: ClientSocketDeps) {
    const { config } = deps
    this.address = address
    this.#ws = ws
    this.#deps = deps
    this.#limit = new SocketLimit({ frames: config.socketRate, refusals: config.floodRate }, () => performance.now())
    this.#idleTimer = setTimeout(() => this.#dropIdle(), config.firstFrameTimeoutMs)
    this.#stopHeartbeat = startHeartbeat(ws, {
      intervalMs: config.pingIntervalMs,
      checkpoint: () => (this.session?.socket === this ? this.session.checkpoint() : () => {}),
    })
    ws.on('message', (data: Buffer, isBinary: boolean) => this.#onFrame(data, isBinary))
    // Answered by ws itself, so a flood of them has to be counted here.
    ws.on('ping', () => this.#admits(null))
    ws.on('pong', () => this.#admits(null))
    // A protocol violation or a reset; `close` follows.
    ws.on('error', error => this.#deps.log.debug({ socketId: this.socketId, err: error }, 'socket error'))
    ws.once('close', (code: number) => this.#onClose(code))
  }

  /** The session that this socket carries; null before it is opened and after it ended. */
  get session(): Session | null {
    return this.#session?.state.at === 'closed' ? null : this.#session
  }

  set session(session: Session | null) {
    this.#session = session
    this.#watchIdle()
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN && !this.#isLeaving
  }

  send(frame: string): void {
    if (!this.isOpen) return
    this.#ws.send(frame)
    if (this.#ws.bufferedAmount > this.#deps.config.maxBufferedBytes) this.#dropSlow()
  }

  sendIfIdle(frame: string): void {
    if (this.#ws.bufferedAmount < this.#deps.config.maxBufferedBytes / 8) this.send(frame)
  }

  dismiss(error: AppError, closeCode: number): void {
    if (this.#isLeaving) return
    this.send(toNotificationFrame('session.closed', { error }))
    this.#leave(closeCode, error.code)
  }

  terminate(): void {
    this.#ws.terminate()
  }

  #onFrame(bytes: Buffer, isBinary: boolean): void {
    if (this.#isLeaving || !this.#admits(bytes)) return
    this.#watchIdle()
    const read = readFrame(bytes, isBinary)
    if (!read.ok) {
      this.#onBadFrame(read.id, read.error)
      return
    }
    let request: PreparedRequest
    try {
      request = this.#deps.router.prepare(read.frame)
    } catch (error) {
      this.#onBadFrame(read.frame.id, error)
      return
    }
    this.#badFramesInARow = 0
    this.#inTurn(read.frame.id, request)
  }

  /** A request may need the session that an earlier `session.open` is still opening; otherwise none waits for another. */
  #inTurn(id: number, request: PreparedRequest): void {
    if (!request.opensSession && !this.#isOpening) {
      void this.#answer(id, request)
      return
    }
    const before = this.#opened
    if (!request.opensSession) {
      void before.then(() => this.#answer(id, request))
      return
    }
    this.#isOpening = true
    const answered = before.then(() => this.#answer(id, request))
    this.#opened = answered
    void answered.then(() => {
      if (this.#opened === answered) this.#isOpening = false
    })
  }

  /** Never rejects. */
  async #answer(id: number, request: PreparedRequest): Promise<void> {
    try {
      const reply = await request.run(this)
      if (request.opensSession) this.#assertStillSeated()
      this.send(toReplyFrame(id, reply))
      if (request.opensSession) this.session?.release(this)
    } catch (error) {
      const shown = toAppError(error)
      const fields = { socketId: this.socketId, ...this.session?.ids, method: request.method, code: shown.code }
      if (shown.code === 'internal') this.#deps.log.error({ ...fields, err: error }, 'request failed')
      else this.#deps.log.debug(fields, 'request refused')
      this.send(toErrorFrame(id, shown))
    }
  }

  /** A session that ended just before its reply went out was told nothing yet, because it was still opening. */
  #assertStillSeated(): void {
    const state = this.#session?.state
    if (state?.at === 'closed') throw toSpentError(state.because)
  }

  #onBadFrame(id: number | null, error: unknown): void {
    this.send(toErrorFrame(id, toAppError(error)))
    this.#badFramesInARow += 1
    if (this.#badFramesInARow < this.#deps.config.maxBadFramesInARow) return
    this.#expel(new CodedError('bad-request', 'This client does not speak the protocol of this server.'))
  }

  /** @param bytes the frame, or null for a ping, which needs no answer */
  #admits(bytes: Buffer | null): boolean {
    const taken = this.#limit.take()
    if (taken.verdict === 'pass') return true
    if (taken.verdict === 'flood') this.#expel(taken.error)
    else if (bytes) this.send(toErrorFrame(peekId(bytes), toAppError(taken.error)))
    return false
  }

  /** Misbehaving costs the seat too: a resumed session would go on in the same way. */
  #expel(error: CodedError): void {
    if (this.#isLeaving) return
    const session = this.session
    this.dismiss(toAppError(error), CloseCode.policy)
    if (session?.socket === this) this.#deps.ending.abandon(session, error.code, 'removed')
  }

  #watchIdle(): void {
    clearTimeout(this.#idleTimer)
    if (this.#isLeaving) return
    this.#idleTimer = setTimeout(() => this.#dropIdle(), this.#deps.config.lobbyTimeoutMs)
  }

  #dropIdle(): void {
    if (this.session) {
      this.#watchIdle()
      return
    }
    this.dismiss({ code: 'timeout', message: 'Nothing was asked for a long time. Connect again.' }, CloseCode.policy)
  }

  /** Its seat stays for the resume window: a slow network is no fault of the person. The session is not over, so no word of that. */
  #dropSlow(): void {
    this.#leave(CloseCode.tryAgainLater, 'queue-full')
    this.#loseSession()
  }

  #leave(closeCode: number, code: ErrorCode): void {
    this.#isLeaving = true
    clearTimeout(this.#idleTimer)
    this.#deps.log.info({ socketId: this.socketId, ...this.#session?.ids, code, closeCode }, 'socket dismissed')
    this.#ws.close(closeCode, code)
    setTimeout(() => this.#ws.terminate(), CLOSE_GRACE_MS).unref()
  }

  #onClose(closeCode: number): void {
    this.#isLeaving = true
    clearTimeout(this.#idleTimer)
    this.#stopHeartbeat()
    this.#deps.log.info({ socketId: this.socketId, ...this.#session?.ids, closeCode }, 'socket closed')
    this.#loseSession()
  }

  #loseSession(): void {
    const session = this.session
    if (session?.socket === this) this.#deps.ending.socketLost(session)
  }
}
