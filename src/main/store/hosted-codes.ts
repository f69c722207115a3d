import type { MeetingCode } from '#contracts/ids.ts'
import type { RecentMeeting } from '#contracts/ipc/recents.ts'

/**
 * The codes of the meetings that this app hosts. Those of this run count from the moment they are named, and until the
 * app ends: a meeting that runs keeps its host whether or not its entry on disk is there yet, or still.
 */
export class HostedCodes {
  readonly #ofThisRun = new Set<MeetingCode>()
  readonly #recents: () => readonly RecentMeeting[]

  constructor(recents: () => readonly RecentMeeting[]) {
    this.#recents = recents
  }

  add(code: MeetingCode): void {
    this.#ofThisRun.add(code)
  }

  has(code: MeetingCode): boolean {
    return this.list().includes(code)
  }

  list(): MeetingCode[] {
    const remembered = this.#recents().filter(({ hostedHere }) => hostedHere)
    return [...new Set([...this.#ofThisRun, ...remembered.map(({ invite }) => invite.code)])]
  }
}
