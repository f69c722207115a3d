import type { MeetingCode } from '#contracts/ids.ts'
import type { hostCalls } from '#contracts/ipc/host.ts'
import type { Supervisor } from '../host/supervisor.ts'
import type { Handlers } from './handle-calls.ts'

/** For meetings to end, everyone to be told, and the files to be closed. */
export const STOP_DEADLINE_MS = 5_000

export interface HostDeps {
  supervisor: Pick<Supervisor, 'start' | 'stop' | 'status' | 'mintOwnerToken'>
  isHostedHere(code: MeetingCode): boolean
}

export function createHostHandlers({ supervisor, isHostedHere }: HostDeps): Handlers<typeof hostCalls> {
  return {
    start: async () => ({ server: await supervisor.start(), ownerToken: await supervisor.mintOwnerToken() }),
    status: () => supervisor.status,
    stop: () => supervisor.stop(STOP_DEADLINE_MS),
    ownerToken: async ({ code }) => {
      const ours = supervisor.status.phase === 'running' && isHostedHere(code)
      return { ownerToken: ours ? await supervisor.mintOwnerToken() : null }
    },
  }
}
