import type { LocalEventContract } from '#contracts/definitions.ts'
import { StreamStarted, StreamStartedLocally, StreamStopped, StreamStoppedLocally } from '#contracts/events/media.ts'
import { ActiveSpeaker, SpeakerLevels, StreamPaused } from '#contracts/hints/media.ts'
import type { MeetingId, ProducerId } from '#contracts/ids.ts'
import type { StreamView } from '#contracts/meeting.ts'
import { SignalingConnectionManage } from '#contracts/tasks/signaling.ts'
import type { Log } from '../shared/log/log.ts'
import type { LocalEvents } from '../shared/messaging/local-events.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import type { RoomNews } from './room.ts'

export interface AnnouncerDeps {
  messaging: Messaging
  local: LocalEvents
  log: Log
  now?: () => number
}

/**
 * Turns what happens in rooms into events, tasks and hints. Rooms do not wait for the disk: what concerns one stream or
 * one peer is sent in order, and a service that stops waits for the rest with `settled`.
 */
export class Announcer {
  readonly #deps: AnnouncerDeps
  readonly #now: () => number
  readonly #pending = new Map<string, Promise<void>>()

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  of(meetingId: MeetingId): RoomNews {
    const { messaging } = this.#deps
    return {
      streamStarted: stream => {
        const { paused } = stream
        const fact = this.#streamFact(meetingId, stream)
        this.#inOrder(stream.producerId, () => messaging.publish(StreamStarted, { ...fact, paused }))
        this.#emit(StreamStartedLocally, fact)
      },
      streamStopped: stream => {
        const fact = this.#streamFact(meetingId, stream)
        this.#inOrder(stream.producerId, () => messaging.publish(StreamStopped, fact))
        this.#emit(StreamStoppedLocally, fact)
      },
      streamPaused: ({ peerId, producerId, paused }) => {
        // nobody must hear that a stream paused before they hear that there is one
        this.#inOrder(producerId, async () => messaging.hint(StreamPaused, { meetingId, peerId, producerId, paused }))
      },
      connectionChanged: (peerId, change) => {
        const task = { meetingId, peerId, change, atMs: this.#now() }
        this.#inOrder(peerId, () => messaging.enqueue(SignalingConnectionManage, task))
      },
      speakerLevels: levels => messaging.hint(SpeakerLevels, { meetingId, levels }),
      activeSpeaker: peerId => messaging.hint(ActiveSpeaker, { meetingId, peerId }),
    }
  }

  /** Resolves when all that was announced is on disk, or failed to get there. */
  async settled(): Promise<void> {
    while (this.#pending.size) await Promise.all(this.#pending.values())
  }

  #streamFact(meetingId: MeetingId, { peerId, producerId, source, kind }: StreamView) {
    return { meetingId, peerId, producerId, source, kind, atMs: this.#now() }
  }

  #emit<P>(contract: LocalEventContract<P>, payload: NoInfer<P>): void {
    this.#deps.local.emit(contract, payload)
  }

  #inOrder(subject: ProducerId | string, send: () => Promise<unknown>): void {
    const before = this.#pending.get(subject)
    const run = async () => {
      await before
      try {
        await send()
      } catch (error) {
        this.#deps.log.error({ subject, err: error }, 'media news could not be sent')
      }
      if (this.#pending.get(subject) === sending) this.#pending.delete(subject)
    }
    const sending = run()
    this.#pending.set(subject, sending)
  }
}
