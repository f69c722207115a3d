import { type ComponentProps, type ReactNode, useId } from 'react'
import { classNames } from './class-names.ts'
import hidden from './hidden.module.css'
import css from './TextField.module.css'

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'className' | 'id'> {
  label: string
  hideLabel?: boolean
  icon?: ReactNode
  /** Buttons inside the field's right end. */
  trailing?: ReactNode
  /** What is wrong with it; read out when it changes. */
  problem?: string | null
  hint?: string | null
  large?: boolean
}

export function TextField({ label, hideLabel, icon, trailing, problem, hint, large, ...input }: TextFieldProps) {
  const id = useId()
  const note = problem ?? hint ?? null
  return (
    <div className={css.field}>
      <label htmlFor={id} className={hideLabel ? hidden.hidden : css.label}>
        {label}
      </label>
      <div className={classNames(css.box, large && css.large)} data-invalid={problem ? '' : undefined}>
        {icon ? <span className={css.icon}>{icon}</span> : null}
        <input
          type="text"
          autoComplete="off"
          spellCheck={false}
          {...input}
          id={id}
          className={css.input}
          aria-invalid={problem ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
        />
        {trailing}
      </div>
      <p id={`${id}-note`} className={problem ? css.problem : css.hint} aria-live="polite">
        {note}
      </p>
    </div>
  )
}
