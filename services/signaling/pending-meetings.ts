import { CodedError } from '#contracts/errors.ts'
import type { MeetingId } from '#contracts/ids.ts'
import type { MeetingView } from '#contracts/meeting.ts'

interface Pending {
  resolve(meeting: MeetingView): void
  reject(error: CodedError): void
}

/** Clients that wait for the meeting they asked for to be recorded. */
export class PendingMeetings {
  readonly #pending = new Map<MeetingId, Pending>()

  /** Call before the task is enqueued, so that its event finds somebody waiting. @throws {CodedError} `timeout`, or why not */
  async expect(meetingId: MeetingId, timeoutMs: number, request: () => Promise<unknown>): Promise<MeetingView> {
    const { promise, resolve, reject } = Promise.withResolvers<MeetingView>()
    const timer = setTimeout(() => {
      reject(new CodedError('timeout', 'The meeting was not created in time. Try again.'))
    }, timeoutMs)
    this.#pending.set(meetingId, { resolve, reject })
    try {
      const [meeting] = await Promise.all([promise, request()])
      return meeting
    } finally {
      clearTimeout(timer)
      this.#pending.delete(meetingId)
    }
  }

  created(meeting: MeetingView): void {
    this.#pending.get(meeting.meetingId)?.resolve(meeting)
  }

  failed(meetingId: MeetingId, error: CodedError): void {
    this.#pending.get(meetingId)?.reject(error)
  }
}
