import type { Selectable } from 'kysely'
import { z } from 'zod'
import { MeetingId, PeerId, ProducerId } from '#contracts/ids.ts'
import { Source } from '#contracts/rtp.ts'
import type { Database, StreamsTable } from './tables.ts'

const timeMs = z.coerce.number().int()

const StreamRecord = z.object({
  producerId: ProducerId,
  meetingId: MeetingId,
  peerId: PeerId,
  source: Source,
  startedAtMs: timeMs,
  /** Null while it is published. */
  stoppedAtMs: timeMs.nullable(),
})
export type StreamRecord = z.infer<typeof StreamRecord>

export interface StreamRepository {
  /** A stream that is known already stays as it is, so a repeated event changes nothing. */
  start(stream: Omit<StreamRecord, 'stoppedAtMs'>): Promise<void>
  stop(producerId: ProducerId, atMs: number): Promise<void>
  /** All that the meeting's peers still publish. */
  stopAll(meetingId: MeetingId, atMs: number): Promise<void>
  /** What a peer published, stopped or not, in the order in which it began. */
  listOfPeer(peerId: PeerId): Promise<StreamRecord[]>
}

export function createStreamRepository(database: Database): StreamRepository {
  const stopped = (atMs: number) =>
    database.updateTable('streams').set({ stopped_at_ms: atMs }).where('stopped_at_ms', 'is', null)
  return {
    async start({ producerId, meetingId, peerId, source, startedAtMs }) {
      await database
        .insertInto('streams')
        .values({
          producer_id: producerId,
          meeting_id: meetingId,
          peer_id: peerId,
          source,
          started_at_ms: startedAtMs,
          stopped_at_ms: null,
        })
        .onConflict(conflict => conflict.column('producer_id').doNothing())
        .execute()
    },
    async stop(producerId, atMs) {
      await stopped(atMs).where('producer_id', '=', producerId).execute()
    },
    async stopAll(meetingId, atMs) {
      await stopped(atMs).where('meeting_id', '=', meetingId).execute()
    },
    async listOfPeer(peerId) {
      const rows = await database
        .selectFrom('streams')
        .selectAll()
        .where('peer_id', '=', peerId)
        .orderBy('started_at_ms')
        .orderBy('producer_id')
        .execute()
      return rows.map(toStream)
    },
  }
}

const toStream = (row: Selectable<StreamsTable>): StreamRecord =>
  StreamRecord.parse({
    producerId: row.producer_id,
    meetingId: row.meeting_id,
    peerId: row.peer_id,
    source: row.source,
    startedAtMs: row.started_at_ms,
    stoppedAtMs: row.stopped_at_ms,
  })
