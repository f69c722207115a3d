import type { MeetingId, PeerId, ProducerId } from '#contracts/ids.ts'

export interface MicStream {
  producerId: ProducerId
  peerId: PeerId
  startedAtMs: number
}

/**
 * Which meetings go on, and whose microphones are heard in them. News comes over two channels whose order towards each
 * other is not known, and may come twice: a stream may be heard of before its meeting has started.
 */
export class LiveSpeech {
  readonly #meetings = new Map<MeetingId, { hasStarted: boolean; mics: Map<ProducerId, MicStream> }>()

  startMeeting(meetingId: MeetingId): void {
    this.#entry(meetingId).hasStarted = true
  }

  endMeeting(meetingId: MeetingId): void {
    this.#meetings.delete(meetingId)
  }

  startMic(meetingId: MeetingId, mic: MicStream): void {
    this.#entry(meetingId).mics.set(mic.producerId, mic)
  }

  stopMic(meetingId: MeetingId, producerId: ProducerId): void {
    const entry = this.#meetings.get(meetingId)
    entry?.mics.delete(producerId)
    // Heard of only by a stream that outlived its meeting's end
    if (entry && !entry.hasStarted && entry.mics.size === 0) this.#meetings.delete(meetingId)
  }

  meetings(): MeetingId[] {
    return [...this.#meetings.keys()]
  }

  /** In the order in which they began. */
  micsOf(meetingId: MeetingId): MicStream[] {
    return [...(this.#meetings.get(meetingId)?.mics.values() ?? [])]
  }

  #entry(meetingId: MeetingId) {
    const entry = this.#meetings.get(meetingId) ?? { hasStarted: false, mics: new Map<ProducerId, MicStream>() }
    this.#meetings.set(meetingId, entry)
    return entry
  }
}
