import { DropdownMenu as Radix } from 'radix-ui'
import type { ReactElement, ReactNode } from 'react'
import { classNames } from './class-names.ts'
import css from './Menu.module.css'

export interface MenuItem {
  label: string
  hint?: string
  icon?: ReactNode
  danger?: boolean
  onSelect: () => void
}

/** `trigger` is a button; it opens the menu. Not modal: the modal kind injects a style tag, which the content policy forbids. */
export function Menu({ trigger, items }: { trigger: ReactElement; items: readonly MenuItem[] }) {
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content className={css.menu} sideOffset={10} align="end" collisionPadding={10}>
          {items.map(({ label, hint, icon, danger, onSelect }) => (
            <Radix.Item key={label} className={classNames(css.item, danger && css.danger)} onSelect={onSelect}>
              {icon}
              <span className={css.words}>
                {label}
                {hint ? <span className={css.hint}>{hint}</span> : null}
              </span>
            </Radix.Item>
          ))}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}
