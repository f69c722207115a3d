import { useEffect } from 'react'

/** `mod` is Ctrl, or ⌘ on a Mac. */
export type Shortcut = `mod+${string}` | `mod+shift+${string}` | 'escape'

/** Acts on these keys anywhere in the window, unless a dialog or menu is open and has them first. */
export function useShortcuts(shortcuts: Partial<Record<Shortcut, () => void>>): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.altKey || document.querySelector('dialog[open]')) return
      const action = shortcuts[toShortcut(event)]
      if (!action) return
      event.preventDefault()
      if (!event.repeat) action()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [shortcuts])
}

function toShortcut({ key, ctrlKey, metaKey, shiftKey }: KeyboardEvent): Shortcut {
  if (key === 'Escape') return 'escape'
  if (!ctrlKey && !metaKey) return 'mod+'
  return shiftKey ? `mod+shift+${key.toLowerCase()}` : `mod+${key.toLowerCase()}`
}
