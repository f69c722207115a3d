import { StreamStarted, StreamStopped } from '#contracts/events/media.ts'
import { WebrtcConnected, WebrtcDisconnected } from '#contracts/events/signaling.ts'
import type { MeetingDeps } from './meeting-deps.ts'

/** Keeps, beside who was there, whether media reached them and what they published when. */
export function recordPresence({ messaging, records }: Pick<MeetingDeps, 'messaging' | 'records'>): void {
  messaging.subscribe('meeting', WebrtcConnected, ({ peerId, atMs }) =>
    records.participants.setConnection(peerId, 'connected', atMs),
  )
  messaging.subscribe('meeting', WebrtcDisconnected, ({ peerId, atMs }) =>
    records.participants.setConnection(peerId, 'disconnected', atMs),
  )
  messaging.subscribe('meeting', StreamStarted, async ({ meetingId, peerId, producerId, source, atMs }) => {
    if (!(await records.meetings.find(meetingId))) return
    await records.streams.start({ meetingId, peerId, producerId, source, startedAtMs: atMs })
  })
  messaging.subscribe('meeting', StreamStopped, ({ producerId, atMs }) => records.streams.stop(producerId, atMs))
}
