/** A page's wish, as Electron reports it in either of its two handlers. */
export interface Wish {
  permission: string
  /** Of the frame that asks; null if it is not known. */
  origin: string | null
  isMainFrame: boolean
  /** For `media`; `unknown` when only asked whether devices may be listed by name. */
  mediaTypes?: readonly string[]
}

/** Devices of a call, the choice of a loudspeaker, and a full screen: all that Parley's own page may ever have. */
export function isPermitted({ permission, origin, isMainFrame, mediaTypes = [] }: Wish, ownOrigin: string): boolean {
  if (origin !== ownOrigin || !isMainFrame) return false
  switch (permission) {
    case 'media':
      // a wish for the screen comes as one for media of no type
      return mediaTypes.length > 0 && mediaTypes.every(type => ['audio', 'video', 'unknown'].includes(type))
    case 'speaker-selection':
    case 'fullscreen':
      return true
    default:
      return false
  }
}
