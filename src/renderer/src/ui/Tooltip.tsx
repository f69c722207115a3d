import { Tooltip as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import css from './Tooltip.module.css'

export function TooltipProvider({ children }: { children: ReactNode }) {
  return (
    <Radix.Provider delayDuration={350} disableHoverableContent>
      {children}
    </Radix.Provider>
  )
}

export function Tooltip({
  label,
  shortcut,
  children,
}: {
  label: string
  shortcut?: string | undefined
  children: ReactNode
}) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{children}</Radix.Trigger>
      <Radix.Portal>
        {/* the button already has this name; a screen reader need not say it twice */}
        <Radix.Content className={css.tooltip} sideOffset={8} collisionPadding={8} aria-label={shortcut ?? ' '}>
          {label}
          {shortcut ? <kbd className={css.keys}>{shortcut}</kbd> : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
