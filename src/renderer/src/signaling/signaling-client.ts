import type { z } from 'zod'
import { CodedError, toParseError } from '#contracts/errors.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import { type RequestFrame, type ResponseFrame, ServerFrame } from '#contracts/signaling/envelope.ts'
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
import type { OpenChannel, SignalingChannel } from './signaling-channel.ts'
import { toCodedError } from './unwrap-result.ts'

const REQUEST_TIMEOUT_MS = 10_000

/** How a request is asked; what a media connection needs to know of signaling. */
export type SendRequest = <M extends SignalingMethod>(
  method: M,
  data: SignalingRequest<M>,
  options?: { timeoutMs?: number },
) => Promise<SignalingReply<M>>

interface Pending {
  resolve(data: unknown): void
  reject(error: unknown): void
}

type Listeners = { [M in NotificationMethod]?: (data: NotificationData<M>) => void }

// the same schemas, in the shape that keeps a method and its data together for the compiler
const replySchemas: { [M in SignalingMethod]: { reply: z.ZodType<SignalingReply<M>> } } = signalingRequests
const notificationSchemas: { [M in NotificationMethod]: z.ZodType<NotificationData<M>> } = signalingNotifications

/** Requests, replies and notifications of one socket, parsed both as frames and as what they carry. */
export class SignalingClient {
  readonly #pending = new Map<number, Pending>()
  #channel: SignalingChannel | null = null
  #listeners: Listeners = {}
  #onLost: (() => void) | null = null
  #held: (() => void)[] | null = null
  #lastId = 0
  #closed = false

  /** @throws {CodedError} `server-unreachable`, `server-untrusted`, `cancelled` */
  static async open(openChannel: OpenChannel, server: ServerTarget, signal: AbortSignal): Promise<SignalingClient> {
    const client = new SignalingClient()
    const listener = { onMessage: (text: string) => client.#receive(text), onClosed: () => client.#lost() }
    client.#channel = await openChannel(server, listener, signal)
    if (client.#closed) client.#channel.close()
    return client
  }

  private constructor() {}

  get closed(): boolean {
    return this.#closed
  }

  /** Takes the place of earlier listeners: whoever leads the conversation now. `onLost` is not called after `close`. */
  listen(listeners: Listeners, onLost: () => void): void {
    this.#listeners = listeners
    this.#onLost = onLost
    if (this.#closed) onLost()
  }

  /** Keeps notifications until `release`, so that none is heard before the reply that explains it has been dealt with. */
  hold(): void {
    this.#held ??= []
  }

  release(): void {
    const held = this.#held ?? []
    this.#held = null
    for (const deliver of held) deliver()
  }

  /** @throws {CodedError} the server's own, or `timeout`, `connection-lost`, `payload-invalid` for a reply that makes no sense */
  readonly request: SendRequest = async (method, data, { timeoutMs = REQUEST_TIMEOUT_MS } = {}) => {
    const channel = this.#channel
    if (!channel || this.#closed) throw connectionLost()
    const id = ++this.#lastId
    const frame: RequestFrame = { type: 'request', id, method, data }
    let timer: ReturnType<typeof setTimeout> | undefined
    try {
      const reply = await new Promise<unknown>((resolve, reject) => {
        this.#pending.set(id, { resolve, reject })
        timer = setTimeout(
          () => reject(new CodedError('timeout', `The server did not answer ${method} in time.`)),
          timeoutMs,
        )
        channel.send(JSON.stringify(frame)).catch(reject)
      })
      const parsed = replySchemas[method].reply.safeParse(reply)
      if (!parsed.success) throw toParseError('payload-invalid', parsed.error)
      return parsed.data
    } finally {
      clearTimeout(timer)
      this.#pending.delete(id)
    }
  }

  /** Idempotent. What still waits rejects. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#listeners = {}
    this.#onLost = null
    this.#channel?.close()
    this.#rejectPending()
  }

  #lost(): void {
    const onLost = this.#onLost
    this.close()
    onLost?.()
  }

  #rejectPending(): void {
    for (const { reject } of this.#pending.values()) reject(connectionLost())
    this.#pending.clear()
  }

  #receive(text: string): void {
    if (this.#closed) return
    const parsed = ServerFrame.safeParse(parseJson(text))
    if (!parsed.success) {
      ignore('a frame that is none of the protocol')
      return
    }
    const frame = parsed.data
    switch (frame.type) {
      case 'response':
        this.#settle(frame)
        break
      case 'notification':
        if (isNotificationMethod(frame.method)) this.#notify(frame.method, frame.data)
        else ignore('a notification of a later protocol')
        break
      case 'error':
        ignore(`an error outside of any request: ${frame.error.code}`)
        break
    }
  }

  #settle(response: ResponseFrame): void {
    const pending = this.#pending.get(response.id)
    if (!pending) ignore('a response nobody waits for')
    else if (response.ok) pending.resolve(response.data)
    else pending.reject(toCodedError(response.error))
  }

  #notify<M extends NotificationMethod>(method: M, data: unknown): void {
    const parsed = notificationSchemas[method].safeParse(data)
    if (!parsed.success) {
      ignore(`a ${method} that is none`)
      return
    }
    const deliver = () => this.#listeners[method]?.(parsed.data)
    if (this.#held) this.#held.push(deliver)
    else deliver()
  }
}

function isNotificationMethod(method: string): method is NotificationMethod {
  return Object.hasOwn(signalingNotifications, method)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const connectionLost = () => new CodedError('connection-lost', 'The connection to the meeting was lost.')

const ignore = (what: string) => console.debug(`signaling: ignored ${what}`)
