import { ChevronDown } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import css from './Select.module.css'

export interface SelectOption {
  value: string
  label: string
}

export interface SelectProps {
  label: string
  icon?: ReactNode
  value: string
  options: readonly SelectOption[]
  onChange: (value: string) => void
}

/** The browser's own select, with its list drawn by our style sheet (`appearance: base-select`). */
export function Select({ label, icon, value, options, onChange }: SelectProps) {
  const id = useId()
  return (
    <div className={css.field}>
      <label htmlFor={id} className={css.label}>
        {label}
      </label>
      <div className={css.box}>
        {icon ? <span className={css.icon}>{icon}</span> : null}
        <select
          id={id}
          className={css.select}
          data-icon={icon ? '' : undefined}
          value={value}
          title={options.find(option => option.value === value)?.label}
          onChange={event => onChange(event.target.value)}
        >
          {options.map(option => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown className={css.chevron} size={16} aria-hidden="true" />
      </div>
    </div>
  )
}
