import type { MeetingId, PeerId, ProducerId } from '#contracts/ids.ts'

export interface MicStream {
  producerId: ProducerId
  peerId: PeerId
  startedAtMs: number
}

/** Created meetings that nobody has joined yet and for which a view is kept; most are joined at once or never. */
const PREPARED_KEPT = 1_000

/**
 * Which meetings go on, and whose microphones are heard in them. News comes over two channels whose order towards each
 * other is not known, and may come twice: a stream may be heard of before its meeting has started.
 */
export class LiveSpeech {
  readonly #meetings = new Map<MeetingId, { hasStarted: boolean; mics: Map<ProducerId, MicStream> }>()

  readonly #prepared = new Set<MeetingId>()

  /** The meeting was created: its view is there before anything can be heard in it, and stays while its streams come and go. */
  prepareMeeting(meetingId: MeetingId): void {
    if (this.#meetings.get(meetingId)?.hasStarted) return
    this.#entry(meetingId)
    this.#prepared.add(meetingId)
    const [oldest] = this.#prepared
    if (this.#prepared.size <= PREPARED_KEPT || !oldest) return
    this.#prepared.delete(oldest)
    this.#forgetIfUnused(oldest)
  }

  startMeeting(meetingId: MeetingId): void {
    this.#prepared.delete(meetingId)
    this.#entry(meetingId).hasStarted = true
  }

  endMeeting(meetingId: MeetingId): void {
    this.#prepared.delete(meetingId)
    this.#meetings.delete(meetingId)
  }

  startMic(meetingId: MeetingId, mic: MicStream): void {
    this.#entry(meetingId).mics.set(mic.producerId, mic)
  }

  stopMic(meetingId: MeetingId, producerId: ProducerId): void {
    this.#meetings.get(meetingId)?.mics.delete(producerId)
    // Heard of only by a stream that outlived its meeting's end
    this.#forgetIfUnused(meetingId)
  }

  /** Those prepared included. */
  meetings(): MeetingId[] {
    return [...this.#meetings.keys()]
  }

  /** In the order in which they began. */
  micsOf(meetingId: MeetingId): MicStream[] {
    return [...(this.#meetings.get(meetingId)?.mics.values() ?? [])]
  }

  #forgetIfUnused(meetingId: MeetingId): void {
    const entry = this.#meetings.get(meetingId)
    const isUsed = entry?.hasStarted || entry?.mics.size || this.#prepared.has(meetingId)
    if (!isUsed) this.#meetings.delete(meetingId)
  }

  #entry(meetingId: MeetingId) {
    const entry = this.#meetings.get(meetingId) ?? { hasStarted: false, mics: new Map<ProducerId, MicStream>() }
    this.#meetings.set(meetingId, entry)
    return entry
  }
}
