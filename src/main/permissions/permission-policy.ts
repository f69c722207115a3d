/** A page's wish, as Electron reports it in either of its two handlers. */
export interface Wish {
  permission: string
  /** Of the frame that asks; null if it is not known. */
  origin: string | null
  isMainFrame: boolean
  /** For `media`. */
  mediaTypes?: readonly string[]
}

/** Devices of a call, the choice of a loudspeaker, and a full screen: all that Parley's own page may ever have. */
export function isPermitted({ permission, origin, isMainFrame, mediaTypes = [] }: Wish, ownOrigin: string): boolean {
  if (origin !== ownOrigin || !isMainFrame) return false
  switch (permission) {
    case 'media':
      return mediaTypes.every(type => type === 'audio' || type === 'video')
    case 'speaker-selection':
    case 'fullscreen':
      return true
    default:
      return false
  }
}
