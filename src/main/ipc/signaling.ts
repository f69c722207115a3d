import type { signalingCalls } from '#contracts/ipc/signaling.ts'
import type { SignalingRelay } from '../signaling/signaling-relay.ts'
import type { Handlers } from './handle-calls.ts'

export function createSignalingHandlers(
  relay: Pick<SignalingRelay, 'open' | 'send' | 'hangUp'>,
): Handlers<typeof signalingCalls> {
  return {
    open: async ({ server }, window) => ({ connectionId: await relay.open(window, server) }),
    send: ({ connectionId, text }, window) => relay.send(window, connectionId, text),
    close: ({ connectionId }, window) => relay.hangUp(window, connectionId),
  }
}
