import { z } from 'zod'

/** Ids are opaque strings with a brand, so that a peer's id can never stand where a meeting's is wanted. */
const id = () => z.string().min(1).max(64)

export const MeetingId = id().brand<'MeetingId'>()
export type MeetingId = z.infer<typeof MeetingId>

/** An account or, without accounts, one person's admission to one meeting. */
export const UserId = id().brand<'UserId'>()
export type UserId = z.infer<typeof UserId>

/** One connected client. Its signaling session has the same id: one session is one peer. */
export const PeerId = id().brand<'PeerId'>()
export type PeerId = z.infer<typeof PeerId>

export const TransportId = id().brand<'TransportId'>()
export type TransportId = z.infer<typeof TransportId>

export const ProducerId = id().brand<'ProducerId'>()
export type ProducerId = z.infer<typeof ProducerId>

export const ConsumerId = id().brand<'ConsumerId'>()
export type ConsumerId = z.infer<typeof ConsumerId>

export const TaskId = id().brand<'TaskId'>()
export type TaskId = z.infer<typeof TaskId>

export const EventId = id().brand<'EventId'>()
export type EventId = z.infer<typeof EventId>

/**
 * What a person types to join: `abc-defg-hij`, ten letters drawn at random (47 bits).
 * Knowing the code is the permission to join, so it is treated as a secret: never logged.
 */
export const MeetingCode = z
  .string()
  .regex(/^[a-z]{3}-[a-z]{4}-[a-z]{3}$/, 'a meeting code looks like abc-defg-hij')
  .brand<'MeetingCode'>()
export type MeetingCode = z.infer<typeof MeetingCode>
