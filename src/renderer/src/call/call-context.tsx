import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { Call } from './call.ts'
import type { CallActions, CallState } from './call-state.ts'
import type { JoinTimeline } from './join-timeline.ts'

const CallContext = createContext<Call | null>(null)

export function CallProvider({ call, children }: { call: Call; children: ReactNode }) {
  return <CallContext value={call}>{children}</CallContext>
}

/** What the selector picks must be stable while the state is (wrap it in `useShallow` if it builds something). */
export function useCall<T>(selector: (state: CallState) => T): T {
  return useStore(useProvided().store, selector)
}

export function useCallActions(): CallActions {
  return useProvided().actions
}

export function useJoinTimeline(): JoinTimeline {
  return useProvided().timeline
}

/** @returns asks for the WebRTC statistics of the call that is on */
export function useGetCallStats(): Call['getStats'] {
  return useProvided().getStats
}

function useProvided(): Call {
  const call = useContext(CallContext)
  if (!call) throw new Error('useCall needs a CallProvider above it')
  return call
}
