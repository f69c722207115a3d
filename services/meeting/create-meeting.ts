import { MeetingCreated, MeetingCreatedLocally } from '#contracts/events/meeting.ts'
import { MeetingCreate } from '#contracts/tasks/meeting.ts'
import { defineTask } from '../shared/messaging/messaging.ts'
import { PermanentError } from '../shared/messaging/permanent-error.ts'
import type { MeetingDeps } from './meeting-deps.ts'

/** Stores the meeting, then says so; run again, it says so again. */
export const createMeeting = ({ messaging, records, localEvents, log }: MeetingDeps) =>
  defineTask(MeetingCreate, {}, async ({ meetingId, code, title, createdBy, atMs }) => {
    const isNew = await records.meetings.insert({ meetingId, code, title, createdBy, createdAtMs: atMs })
    if (!isNew && (await records.meetings.find(meetingId))?.code !== code) {
      throw new PermanentError('bad-request', 'This meeting code is taken. Create the meeting again for another one.')
    }
    await messaging.publish(MeetingCreated, { meetingId, code, title, createdBy, atMs })
    localEvents.emit(MeetingCreatedLocally, { meetingId })
    log.info({ meetingId }, 'meeting created')
  })
