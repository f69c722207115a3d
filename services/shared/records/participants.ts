import type { Selectable } from 'kysely'
import { z } from 'zod'
import { MeetingId, PeerId, UserId } from '#contracts/ids.ts'
import { DisplayName, LeaveReason, Role } from '#contracts/meeting.ts'
import type { Database, ParticipantsTable } from './tables.ts'

const Connection = z.enum(['connected', 'disconnected'])
export type Connection = z.infer<typeof Connection>

const timeMs = z.coerce.number().int()

const ParticipantRecord = z.object({
  peerId: PeerId,
  meetingId: MeetingId,
  userId: UserId,
  displayName: DisplayName,
  role: Role,
  joinedAtMs: timeMs,
  /** Null while present. */
  leftAtMs: timeMs.nullable(),
  leaveReason: LeaveReason.nullable(),
  /** What media last said of the peer's transports; null before it said anything. */
  connection: Connection.nullable(),
  connectionAtMs: timeMs.nullable(),
})
export type ParticipantRecord = z.infer<typeof ParticipantRecord>
export type Joining = Pick<ParticipantRecord, 'peerId' | 'meetingId' | 'userId' | 'displayName' | 'role' | 'joinedAtMs'>

export interface ParticipantRepository {
  /** Makes the peer present, for the first time or again. */
  join(joining: Joining): Promise<void>
  /** @returns false if the peer was not present */
  leave(peerId: PeerId, reason: LeaveReason, atMs: number): Promise<boolean>
  /** Everyone who is present leaves. */
  leaveAll(meetingId: MeetingId, reason: LeaveReason, atMs: number): Promise<void>
  find(peerId: PeerId): Promise<ParticipantRecord | null>
  /** In the order in which they joined. */
  listPresent(meetingId: MeetingId): Promise<ParticipantRecord[]>
  /** Over all meetings. */
  listAllPresent(): Promise<ParticipantRecord[]>
  countPresent(meetingId: MeetingId): Promise<number>
  countAllPresent(): Promise<number>
  /** When somebody last left, or null. */
  lastLeftAtMs(meetingId: MeetingId): Promise<number | null>
  /** News older than what is known changes nothing. */
  setConnection(peerId: PeerId, connection: Connection, atMs: number): Promise<void>
}

export function createParticipantRepository(database: Database): ParticipantRepository {
  const present = () => database.selectFrom('participants').where('left_at_ms', 'is', null)
  const count = async (query: ReturnType<typeof present>) => {
    const row = await query.select(({ fn }) => fn.countAll().as('count')).executeTakeFirstOrThrow()
    return Number(row.count)
  }
  const left = (reason: LeaveReason, atMs: number) =>
    database.updateTable('participants').set({ left_at_ms: atMs, leave_reason: reason }).where('left_at_ms', 'is', null)

  return {
    async join({ peerId, meetingId, userId, displayName, role, joinedAtMs }) {
      const seat = {
        user_id: userId,
        display_name: displayName,
        role,
        joined_at_ms: joinedAtMs,
        left_at_ms: null,
        leave_reason: null,
        connection: null,
        connection_at_ms: null,
      }
      await database
        .insertInto('participants')
        .values({ peer_id: peerId, meeting_id: meetingId, ...seat })
        .onConflict(conflict => conflict.column('peer_id').doUpdateSet(seat))
        .execute()
    },
    async leave(peerId, reason, atMs) {
      const updated = await left(reason, atMs).where('peer_id', '=', peerId).executeTakeFirst()
      return updated.numUpdatedRows === 1n
    },
    async leaveAll(meetingId, reason, atMs) {
      await left(reason, atMs).where('meeting_id', '=', meetingId).execute()
    },
    async find(peerId) {
      const row = await database.selectFrom('participants').selectAll().where('peer_id', '=', peerId).executeTakeFirst()
      return row ? toParticipant(row) : null
    },
    async listPresent(meetingId) {
      const rows = await present()
        .selectAll()
        .where('meeting_id', '=', meetingId)
        .orderBy('joined_at_ms')
        .orderBy('peer_id')
        .execute()
      return rows.map(toParticipant)
    },
    async listAllPresent() {
      return (await present().selectAll().orderBy('joined_at_ms').orderBy('peer_id').execute()).map(toParticipant)
    },
    countPresent: meetingId => count(present().where('meeting_id', '=', meetingId)),
    countAllPresent: () => count(present()),
    async lastLeftAtMs(meetingId) {
      const row = await database
        .selectFrom('participants')
        .select(({ fn }) => fn.max('left_at_ms').as('last'))
        .where('meeting_id', '=', meetingId)
        .executeTakeFirst()
      return timeMs.nullable().parse(row?.last ?? null)
    },
    async setConnection(peerId, connection, atMs) {
      await database
        .updateTable('participants')
        .set({ connection, connection_at_ms: atMs })
        .where('peer_id', '=', peerId)
        .where('left_at_ms', 'is', null)
        .where('joined_at_ms', '<=', atMs)
        .where(({ or, eb }) => or([eb('connection_at_ms', 'is', null), eb('connection_at_ms', '<=', atMs)]))
        .execute()
    },
  }
}

const toParticipant = (row: Selectable<ParticipantsTable>): ParticipantRecord =>
  ParticipantRecord.parse({
    peerId: row.peer_id,
    meetingId: row.meeting_id,
    userId: row.user_id,
    displayName: row.display_name,
    role: row.role,
    joinedAtMs: row.joined_at_ms,
    leftAtMs: row.left_at_ms,
    leaveReason: row.leave_reason,
    connection: row.connection,
    connectionAtMs: row.connection_at_ms,
  })
