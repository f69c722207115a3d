import { UserId } from '#contracts/ids.ts'

/** The server's owner, whoever that is: one per data folder, for there are no accounts yet. */
export const OWNER_ID = UserId.parse('owner')
