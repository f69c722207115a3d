import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** Meetings, who was in them, and what they published. */
export const meetings: Migration = {
  async up(database: Kysely<unknown>): Promise<void> {
    await database.schema
      .createTable('meetings')
      .addColumn('meeting_id', 'text', column => column.primaryKey())
      .addColumn('code', 'text', column => column.notNull().unique())
      .addColumn('title', 'text', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .addColumn('created_at_ms', 'bigint', column => column.notNull())
      .addColumn('started_at_ms', 'bigint')
      .addColumn('ended_at_ms', 'bigint')
      .addColumn('end_reason', 'text')
      .execute()

    await database.schema
      .createTable('participants')
      .addColumn('peer_id', 'text', column => column.primaryKey())
      .addColumn('meeting_id', 'text', column => column.notNull().references('meetings.meeting_id'))
      .addColumn('user_id', 'text', column => column.notNull())
      .addColumn('display_name', 'text', column => column.notNull())
      .addColumn('role', 'text', column => column.notNull())
      .addColumn('joined_at_ms', 'bigint', column => column.notNull())
      .addColumn('left_at_ms', 'bigint')
      .addColumn('leave_reason', 'text')
      .addColumn('connection', 'text')
      .addColumn('connection_at_ms', 'bigint')
      .execute()
    await database.schema
      .createIndex('participants_by_meeting')
      .on('participants')
      .columns(['meeting_id', 'left_at_ms'])
      .execute()

    await database.schema
      .createTable('streams')
      .addColumn('producer_id', 'text', column => column.primaryKey())
      .addColumn('meeting_id', 'text', column => column.notNull().references('meetings.meeting_id'))
      .addColumn('peer_id', 'text', column => column.notNull())
      .addColumn('source', 'text', column => column.notNull())
      .addColumn('started_at_ms', 'bigint', column => column.notNull())
      .addColumn('stopped_at_ms', 'bigint')
      .execute()
    await database.schema.createIndex('streams_by_peer').on('streams').columns(['peer_id', 'stopped_at_ms']).execute()
  },
}
