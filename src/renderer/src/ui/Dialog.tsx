import { X } from 'lucide-react'
import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { classNames } from './class-names.ts'
import css from './Dialog.module.css'
import { IconButton } from './IconButton.tsx'

export interface DialogProps {
  title: string
  closeLabel: string
  onClose: () => void
  size?: 'medium' | 'small'
  children: ReactNode
}

/**
 * Open as long as it is rendered. The browser's own modal dialog keeps the focus inside, closes with Escape and makes
 * the rest inert, all without the style tag that Radix' modal dialog injects and the content policy forbids.
 */
export function Dialog({ title, closeLabel, onClose, size = 'medium', children }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  // in this effect, because a dialog that is out of the document already gives the focus back to nobody
  useLayoutEffect(() => {
    const dialog = ref.current
    dialog?.showModal()
    dialog?.focus() // not its close button, which comes first
    return () => dialog?.close()
  }, [])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape does for the keyboard what the backdrop does for the mouse
    <dialog
      ref={ref}
      tabIndex={-1}
      className={classNames(css.dialog, css[size])}
      aria-labelledby={titleId}
      onCancel={event => {
        event.preventDefault()
        onClose()
      }}
      onClick={event => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      <div className={css.frame}>
        <header className={css.header}>
          <h2 id={titleId} className={css.title}>
            {title}
          </h2>
          <IconButton label={closeLabel} icon={<X size={20} />} tooltip={false} onClick={onClose} />
        </header>
        <div className={css.body}>{children}</div>
      </div>
    </dialog>
  )
}
