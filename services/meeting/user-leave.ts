import { UserLeft } from '#contracts/events/meeting.ts'
import { MeetingEnd, MeetingUserLeave } from '#contracts/tasks/meeting.ts'
import { defineTask } from '../shared/messaging/messaging.ts'
import type { MeetingDeps } from './meeting-deps.ts'

/** Records that a peer is gone. A meeting that it leaves empty ends by itself after a while. */
export const leaveUser = ({ messaging, records, log, config }: MeetingDeps) =>
  defineTask(MeetingUserLeave, {}, async ({ meetingId, peerId, reason, atMs }) => {
    const { hasLeft, isEmpty } = await records.transaction(async ({ participants }) => {
      const seat = await participants.find(peerId)
      if (!seat || seat.meetingId !== meetingId) return { hasLeft: false, isEmpty: false }
      await participants.leave(peerId, reason, atMs)
      // Run again after a crash: the record is there, the event may not be
      const isRerun = seat.leftAtMs === atMs && seat.leaveReason === reason
      return {
        hasLeft: seat.leftAtMs === null || isRerun,
        isEmpty: (await participants.countPresent(meetingId)) === 0,
      }
    })
    if (!hasLeft) return
    await messaging.publish(UserLeft, { meetingId, peerId, reason, atMs })
    log.info({ meetingId, peerId, reason }, 'peer left')
    if (!isEmpty) return
    await messaging.enqueue(
      MeetingEnd,
      { meetingId, reason: 'everyone-left', atMs },
      { key: `${meetingId}:empty-since:${atMs}`, delayMs: config.emptyMeetingGraceMs },
    )
  })
