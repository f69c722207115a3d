import { StreamStarted, StreamStopped } from '#contracts/events/media.ts'
import { MeetingCreated, MeetingEnded, MeetingStarted } from '#contracts/events/meeting.ts'
import type { Log } from '../shared/log/log.ts'
import type { Messaging } from '../shared/messaging/messaging.ts'
import { LiveSpeech } from './live-speech.ts'

/**
 * Knows what there is to listen to. It handles no task yet. Every process of the service keeps the whole view, from its
 * start on, and so hears each event itself.
 */
export class AiService {
  readonly live: LiveSpeech

  /** Subscribes: call it before `messaging.start()`. */
  static async create({ messaging, log }: { messaging: Messaging; log: Log }): Promise<AiService> {
    const live = new LiveSpeech()
    const each = { delivery: 'each' } as const
    messaging.subscribe('ai', MeetingCreated, ({ meetingId }) => live.prepareMeeting(meetingId), each)
    messaging.subscribe('ai', MeetingStarted, ({ meetingId }) => live.startMeeting(meetingId), each)
    messaging.subscribe('ai', MeetingEnded, ({ meetingId }) => live.endMeeting(meetingId), each)
    messaging.subscribe(
      'ai',
      StreamStarted,
      ({ meetingId, peerId, producerId, source, atMs }) => {
        if (source !== 'mic') return
        live.startMic(meetingId, { producerId, peerId, startedAtMs: atMs })
        log.debug({ meetingId, producerId }, 'microphone to listen to')
      },
      each,
    )
    messaging.subscribe('ai', StreamStopped, ({ meetingId, producerId }) => live.stopMic(meetingId, producerId), each)
    return new AiService(live)
  }

  private constructor(live: LiveSpeech) {
    this.live = live
  }
}
