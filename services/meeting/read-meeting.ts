import { CodedError } from '#contracts/errors.ts'
import type { MeetingCode, MeetingId } from '#contracts/ids.ts'
import type { MeetingView, PeerView } from '#contracts/meeting.ts'
import type { MeetingRecord } from '../shared/records/meetings.ts'
import type { Repositories } from '../shared/records/records.ts'

/** @throws {CodedError} `meeting-unknown`, `meeting-ended` */
export async function findOpenMeeting({ meetings }: Repositories, code: MeetingCode): Promise<MeetingRecord> {
  const meeting = await meetings.findByCode(code)
  if (!meeting) {
    throw new CodedError(
      'meeting-unknown',
      'No meeting here has this code. Check it, or ask the host to send the link again.',
    )
  }
  if (meeting.endedAtMs !== null) throw new CodedError('meeting-ended', 'This meeting has ended.')
  return meeting
}

/** @throws {CodedError} `meeting-unknown`, `meeting-ended` */
export async function lookUpMeeting(records: Repositories, code: MeetingCode): Promise<MeetingView> {
  const meeting = await findOpenMeeting(records, code)
  return toMeetingView(meeting, await records.participants.countPresent(meeting.meetingId))
}

/** The meeting, ended or not, with everyone who is in it. @throws {CodedError} `meeting-unknown` */
export async function readMeeting(
  { meetings, participants }: Repositories,
  meetingId: MeetingId,
): Promise<{ meeting: MeetingView; peers: PeerView[] }> {
  const meeting = await meetings.find(meetingId)
  if (!meeting) throw new CodedError('meeting-unknown', 'There is no such meeting.')
  const present = await participants.listPresent(meetingId)
  const peers = present.map(({ peerId, userId, displayName, role, joinedAtMs }) => {
    return { peerId, userId, displayName, role, joinedAtMs }
  })
  return { meeting: toMeetingView(meeting, peers.length), peers }
}

function toMeetingView(meeting: MeetingRecord, participantCount: number): MeetingView {
  const { meetingId, code, title, startedAtMs, endedAtMs } = meeting
  const state = endedAtMs !== null ? 'ended' : startedAtMs !== null ? 'started' : 'created'
  return { meetingId, code, title, state, startedAtMs, participantCount }
}
