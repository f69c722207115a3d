import type { Selectable } from 'kysely'
import { z } from 'zod'
import { MeetingCode, MeetingId, UserId } from '#contracts/ids.ts'
import { EndReason, MeetingTitle } from '#contracts/meeting.ts'
import type { Database, MeetingsTable } from './tables.ts'

const timeMs = z.coerce.number().int()

const MeetingRecord = z.object({
  meetingId: MeetingId,
  code: MeetingCode,
  title: MeetingTitle,
  createdBy: UserId,
  createdAtMs: timeMs,
  /** When the first peer joined. */
  startedAtMs: timeMs.nullable(),
  endedAtMs: timeMs.nullable(),
  endReason: EndReason.nullable(),
})
export type MeetingRecord = z.infer<typeof MeetingRecord>
export type NewMeeting = Pick<MeetingRecord, 'meetingId' | 'code' | 'title' | 'createdBy' | 'createdAtMs'>

export interface MeetingRepository {
  /** @returns false if the id or the code is there already: then nothing changes */
  insert(meeting: NewMeeting): Promise<boolean>
  find(meetingId: MeetingId): Promise<MeetingRecord | null>
  findByCode(code: MeetingCode): Promise<MeetingRecord | null>
  /** Those that began and have not ended, oldest first. */
  listLive(): Promise<MeetingRecord[]>
  countLive(): Promise<number>
  /** @returns false if it had started before */
  start(meetingId: MeetingId, atMs: number): Promise<boolean>
  /** @returns false if it had ended before */
  end(meetingId: MeetingId, reason: EndReason, atMs: number): Promise<boolean>
}

export function createMeetingRepository(database: Database): MeetingRepository {
  const live = () =>
    database.selectFrom('meetings').where('started_at_ms', 'is not', null).where('ended_at_ms', 'is', null)
  return {
    async insert({ meetingId, code, title, createdBy, createdAtMs }) {
      const inserted = await database
        .insertInto('meetings')
        .values({
          meeting_id: meetingId,
          code,
          title,
          created_by: createdBy,
          created_at_ms: createdAtMs,
          started_at_ms: null,
          ended_at_ms: null,
          end_reason: null,
        })
        .onConflict(conflict => conflict.doNothing())
        .executeTakeFirst()
      return inserted.numInsertedOrUpdatedRows === 1n
    },
    async find(meetingId) {
      const row = await database
        .selectFrom('meetings')
        .selectAll()
        .where('meeting_id', '=', meetingId)
        .executeTakeFirst()
      return row ? toMeeting(row) : null
    },
    async findByCode(code) {
      const row = await database.selectFrom('meetings').selectAll().where('code', '=', code).executeTakeFirst()
      return row ? toMeeting(row) : null
    },
    async listLive() {
      return (await live().selectAll().orderBy('started_at_ms').orderBy('meeting_id').execute()).map(toMeeting)
    },
    async countLive() {
      const { count } = await live()
        .select(({ fn }) => fn.countAll().as('count'))
        .executeTakeFirstOrThrow()
      return Number(count)
    },
    async start(meetingId, atMs) {
      const updated = await database
        .updateTable('meetings')
        .set({ started_at_ms: atMs })
        .where('meeting_id', '=', meetingId)
        .where('started_at_ms', 'is', null)
        .executeTakeFirst()
      return updated.numUpdatedRows === 1n
    },
    async end(meetingId, reason, atMs) {
      const updated = await database
        .updateTable('meetings')
        .set({ ended_at_ms: atMs, end_reason: reason })
        .where('meeting_id', '=', meetingId)
        .where('ended_at_ms', 'is', null)
        .executeTakeFirst()
      return updated.numUpdatedRows === 1n
    },
  }
}

const toMeeting = (row: Selectable<MeetingsTable>): MeetingRecord =>
  MeetingRecord.parse({
    meetingId: row.meeting_id,
    code: row.code,
    title: row.title,
    createdBy: row.created_by,
    createdAtMs: row.created_at_ms,
    startedAtMs: row.started_at_ms,
    endedAtMs: row.ended_at_ms,
    endReason: row.end_reason,
  })
