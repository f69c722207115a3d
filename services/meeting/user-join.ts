import { MeetingStarted, UserJoined } from '#contracts/events/meeting.ts'
import { MeetingUserJoin } from '#contracts/tasks/meeting.ts'
import { defineTask } from '../shared/messaging/messaging.ts'
import { PermanentError } from '../shared/messaging/permanent-error.ts'
import type { MeetingDeps } from './meeting-deps.ts'

/**
 * Makes a peer present; the first one starts the meeting. A peer that left may come again.
 * @param sessionsSinceMs joins from before belong to sessions that died with an earlier process; null if none do.
 * They fail rather than vanish: should the clock have been set back, a session that lives is told of its failed join.
 */
export const joinUser = ({ messaging, records, log, config }: MeetingDeps, sessionsSinceMs: number | null) =>
  defineTask(MeetingUserJoin, {}, async ({ meetingId, peerId, userId, displayName, role, atMs }) => {
    if (sessionsSinceMs !== null && atMs < sessionsSinceMs) {
      log.info({ meetingId, peerId }, 'join of a session that is gone, left out')
      throw new PermanentError('session-unknown', 'This seat is no longer yours. Join again with the link.')
    }
    const { hasStarted } = await records.transaction(async ({ meetings, participants }) => {
      const meeting = await meetings.find(meetingId)
      if (!meeting) throw new PermanentError('meeting-unknown', 'There is no such meeting to join.')
      if (meeting.endedAtMs !== null) throw new PermanentError('meeting-ended', 'This meeting has ended.')
      const seat = await participants.find(peerId)
      if (seat && seat.meetingId !== meetingId)
        throw new PermanentError('forbidden', 'This seat is in another meeting.')
      const isPresent = seat?.leftAtMs === null
      if (!isPresent) {
        if ((await participants.countPresent(meetingId)) >= config.maxParticipants) {
          throw new PermanentError('meeting-full', 'This meeting is full.')
        }
      }
      // Also when present: then the leave of the session before is still to come, and is known by its time
      if (!isPresent || seat.joinedAtMs < atMs) {
        await participants.join({ meetingId, peerId, userId, displayName, role, joinedAtMs: atMs })
      }
      await meetings.start(meetingId, atMs)
      // Run again after a crash: the record is there, the events may not be
      const isRerun = isPresent && seat.joinedAtMs === atMs
      return { hasStarted: meeting.startedAtMs === null || (isRerun && meeting.startedAtMs === atMs) }
    })
    if (hasStarted) await messaging.publish(MeetingStarted, { meetingId, atMs })
    await messaging.publish(UserJoined, { meetingId, peerId, userId, displayName, role, atMs })
    log.info({ meetingId, peerId, hasStarted }, 'peer joined')
  })
