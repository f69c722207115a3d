import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { LocalMedia } from './local-media.ts'
import type { LocalMediaActions, LocalMediaState } from './local-media-state.ts'

const LocalMediaContext = createContext<LocalMedia | null>(null)

export function LocalMediaProvider({ localMedia, children }: { localMedia: LocalMedia; children: ReactNode }) {
  return <LocalMediaContext value={localMedia}>{children}</LocalMediaContext>
}

export function useLocalMedia<T>(selector: (state: LocalMediaState) => T): T {
  return useStore(useProvided().store, selector)
}

export function useLocalMediaActions(): LocalMediaActions {
  return useProvided().actions
}

function useProvided(): LocalMedia {
  const localMedia = useContext(LocalMediaContext)
  if (!localMedia) throw new Error('useLocalMedia needs a LocalMediaProvider above it')
  return localMedia
}
