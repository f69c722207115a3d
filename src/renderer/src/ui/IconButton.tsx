import type { ComponentProps, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import css from './IconButton.module.css'
import { Tooltip } from './Tooltip.tsx'

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'className' | 'children' | 'aria-label'> {
  label: string
  icon: ReactNode
  /** Keys that do the same, as a person reads them. */
  shortcut?: string | undefined
  look?: 'quiet' | 'solid' | 'off' | 'glass'
  size?: 'medium' | 'large' | 'small'
  badge?: number | undefined
  /** Off where the icon says it all. */
  tooltip?: boolean
}

export function IconButton({
  label,
  icon,
  shortcut,
  look = 'quiet',
  size = 'medium',
  badge,
  tooltip = true,
  ...rest
}: IconButtonProps) {
  const button = (
    <button type="button" {...rest} aria-label={label} className={classNames(css.button, css[look], css[size])}>
      {icon}
      {badge === undefined ? null : (
        <span className={css.badge} aria-hidden="true">
          {badge}
        </span>
      )}
    </button>
  )
  return tooltip ? (
    <Tooltip label={label} shortcut={shortcut}>
      {button}
    </Tooltip>
  ) : (
    button
  )
}
