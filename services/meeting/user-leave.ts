import { UserLeft } from '#contracts/events/meeting.ts'
import { MeetingEnd, MeetingUserLeave } from '#contracts/tasks/meeting.ts'
import { defineTask } from '../shared/messaging/messaging.ts'
import type { MeetingDeps } from './meeting-deps.ts'

/**
 * Records that a peer is gone, unless it joined again after `atMs`: then it was an earlier session that left. A meeting
 * that it leaves empty ends by itself after a while.
 */
export const leaveUser = ({ messaging, records, log, config }: MeetingDeps) =>
  defineTask(MeetingUserLeave, {}, async ({ meetingId, peerId, reason, atMs }) => {
    const { hasLeft, emptiedAtMs } = await records.transaction(async ({ participants }) => {
      const seat = await participants.find(peerId)
      if (!seat || seat.meetingId !== meetingId) return { hasLeft: false, emptiedAtMs: null }
      if (seat.leftAtMs === null && seat.joinedAtMs > atMs) return { hasLeft: false, emptiedAtMs: null }
      await participants.leave(peerId, reason, atMs)
      // Run again after a crash: the record is there, the event may not be
      const isRerun = seat.leftAtMs === atMs && seat.leaveReason === reason
      const isEmpty = (await participants.countPresent(meetingId)) === 0
      return {
        hasLeft: seat.leftAtMs === null || isRerun,
        // Not simply `atMs`: the clock may have been set back since somebody else left
        emptiedAtMs: isEmpty ? await participants.lastLeftAtMs(meetingId) : null,
      }
    })
    if (!hasLeft) return
    await messaging.publish(UserLeft, { meetingId, peerId, reason, atMs })
    log.info({ meetingId, peerId, reason }, 'peer left')
    if (emptiedAtMs === null) return
    await messaging.enqueue(
      MeetingEnd,
      { meetingId, reason: 'everyone-left', atMs: emptiedAtMs },
      { key: `${meetingId}:emptied-by:${peerId}:${atMs}`, delayMs: config.emptyMeetingGraceMs },
    )
  })
