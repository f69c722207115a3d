import type { Kysely } from 'kysely'

/** Columns as they are stored. Times are ms since the epoch; ids are text; a null time means "not yet". */
export interface Tables {
  meetings: MeetingsTable
  participants: ParticipantsTable
  streams: StreamsTable
}

export interface MeetingsTable {
  meeting_id: string
  /** What people type to join; unique over all meetings, ended ones included. */
  code: string
  title: string
  created_by: string
  created_at_ms: number
  started_at_ms: number | null
  ended_at_ms: number | null
  end_reason: string | null
}

/** One row per peer and for as long as the meeting is kept; a peer that comes back takes its row again. */
export interface ParticipantsTable {
  peer_id: string
  meeting_id: string
  user_id: string
  display_name: string
  role: string
  joined_at_ms: number
  left_at_ms: number | null
  leave_reason: string | null
  /** When media last reported its transports, and what: `connected` or `disconnected`. */
  connection: string | null
  connection_at_ms: number | null
}

/** What a peer published, and when. */
export interface StreamsTable {
  producer_id: string
  meeting_id: string
  peer_id: string
  source: string
  started_at_ms: number
  stopped_at_ms: number | null
}

export type Database = Kysely<Tables>
