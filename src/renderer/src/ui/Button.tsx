import type { ComponentProps, ReactNode } from 'react'
import css from './Button.module.css'
import { classNames } from './class-names.ts'
import { Spinner } from './Spinner.tsx'

export interface ButtonProps extends Omit<ComponentProps<'button'>, 'className'> {
  look?: 'primary' | 'secondary' | 'quiet' | 'danger'
  size?: 'medium' | 'large' | 'small'
  icon?: ReactNode
  /** Shows that it works on it, and ignores further clicks without losing the focus. */
  busy?: boolean
  wide?: boolean
}

export function Button({
  look = 'secondary',
  size = 'medium',
  icon,
  busy,
  wide,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      onClick={busy ? undefined : onClick}
      aria-disabled={busy || undefined}
      className={classNames(css.button, css[look], css[size], wide && css.wide)}
    >
      {busy ? <Spinner /> : icon}
      <span className={css.label}>{children}</span>
    </button>
  )
}
