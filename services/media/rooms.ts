import { CodedError } from '#contracts/errors.ts'
import type { MeetingId, PeerId } from '#contracts/ids.ts'
import type { Log } from '../shared/log/log.ts'
import type { Peer } from './peer.ts'
import { Room, type RoomNews } from './room.ts'
import type { WorkerPool } from './worker-pool.ts'

export interface RoomsDeps {
  workers: WorkerPool
  newsOf: (meetingId: MeetingId) => RoomNews
  log: Log
  emptyAfterMs: number
}

interface Entry {
  readonly opening: Promise<Room>
  room: Room | undefined
}

/** How many endings are remembered, so that what was said before an ending but arrives after it opens nothing. */
const ENDINGS_KEPT = 1_000

/** The rooms of this process by meeting. Those who want the same room at once share its creation. */
export class Rooms {
  readonly #deps: RoomsDeps
  readonly #entries = new Map<MeetingId, Entry>()
  readonly #ended = new Set<MeetingId>()
  #closed = false

  constructor(deps: RoomsDeps) {
    this.#deps = deps
  }

  get count(): number {
    return this.#entries.size
  }

  get peerCount(): number {
    return [...this.#entries.values()].reduce((sum, { room }) => sum + (room?.peerCount ?? 0), 0)
  }

  /** @throws {CodedError} `meeting-ended`, `media-unavailable`, `unavailable` while closing */
  open(meetingId: MeetingId): Promise<Room> {
    if (this.#closed) throw new CodedError('unavailable', 'The media service is stopping.')
    if (this.#ended.has(meetingId)) throw new CodedError('meeting-ended', 'This meeting has ended.')
    const entry = this.#entries.get(meetingId) ?? this.#create(meetingId)
    return entry.opening
  }

  find(meetingId: MeetingId): Room | undefined {
    return this.#entries.get(meetingId)?.room
  }

  /** @throws {CodedError} `peer-unknown`, also for a room that does not exist: nobody learns which do */
  peer(meetingId: MeetingId, peerId: PeerId): Peer {
    const room = this.find(meetingId)
    if (!room) throw new CodedError('peer-unknown', 'You are not connected to this call. Connect again.')
    return room.peer(peerId)
  }

  /** Frees all that the meeting held, for good. */
  end(meetingId: MeetingId): void {
    this.#ended.add(meetingId)
    const [oldest] = this.#ended
    if (this.#ended.size > ENDINGS_KEPT && oldest) this.#ended.delete(oldest)
    this.#discard(meetingId)
  }

  close(): void {
    this.#closed = true
    for (const meetingId of [...this.#entries.keys()]) this.#discard(meetingId)
  }

  #create(meetingId: MeetingId): Entry {
    const { workers, newsOf, log, emptyAfterMs } = this.#deps
    const forget = () => {
      if (this.#entries.get(meetingId) === entry) this.#entries.delete(meetingId)
    }
    const entry: Entry = {
      opening: Room.create(meetingId, { workers, news: newsOf(meetingId), log, onClosed: forget, emptyAfterMs }),
      room: undefined,
    }
    this.#entries.set(meetingId, entry)
    entry.opening.then(room => {
      // Ended while it was made: then the one who discarded it closes it
      if (this.#entries.get(meetingId) === entry) entry.room = room
    }, forget)
    return entry
  }

  #discard(meetingId: MeetingId): void {
    const entry = this.#entries.get(meetingId)
    if (!entry) return
    this.#entries.delete(meetingId)
    if (entry.room) entry.room.close()
    else
      entry.opening.then(
        room => room.close(),
        () => {}, // those who wait for it hear of it
      )
  }
}
