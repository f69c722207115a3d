import { MeetingEnded, MeetingEndedLocally } from '#contracts/events/meeting.ts'
import { MeetingEnd } from '#contracts/tasks/meeting.ts'
import { defineTask } from '../shared/messaging/messaging.ts'
import { PermanentError } from '../shared/messaging/permanent-error.ts'
import type { Repositories } from '../shared/records/records.ts'
import type { MeetingDeps } from './meeting-deps.ts'

/**
 * Ends a meeting for everyone in it. With the reason `everyone-left` it was enqueued when the last one left, at `atMs`,
 * to run after a while: it does nothing if somebody is there again, or came and went since.
 */
export const endMeeting = ({ messaging, records, localEvents, log }: MeetingDeps) =>
  defineTask(MeetingEnd, {}, async ({ meetingId, reason, atMs }) => {
    const hasEnded = await records.transaction(async inside => {
      const meeting = await inside.meetings.find(meetingId)
      if (!meeting) throw new PermanentError('meeting-unknown', 'There is no such meeting to end.')
      // Run again after a crash: the record is there, the event may not be
      if (meeting.endedAtMs !== null) return meeting.endedAtMs === atMs && meeting.endReason === reason
      if (reason === 'everyone-left' && !(await isEmptySince(inside, atMs))) return false
      await inside.meetings.end(meetingId, reason, atMs)
      await inside.participants.leaveAll(meetingId, 'ended', atMs)
      await inside.streams.stopAll(meetingId, atMs)
      return true

      async function isEmptySince({ participants }: Repositories, emptiedAtMs: number): Promise<boolean> {
        if ((await participants.countPresent(meetingId)) > 0) return false
        return (await participants.lastLeftAtMs(meetingId)) === emptiedAtMs
      }
    })
    if (!hasEnded) return
    await messaging.publish(MeetingEnded, { meetingId, reason, atMs })
    localEvents.emit(MeetingEndedLocally, { meetingId })
    log.info({ meetingId, reason }, 'meeting ended')
  })
