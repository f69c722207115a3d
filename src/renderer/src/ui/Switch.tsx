import { useId } from 'react'
import css from './Switch.module.css'

export function Switch({
  label,
  checked,
  onChange,
}: {
  label: string
  checked: boolean
  onChange: (checked: boolean) => void
}) {
  const id = useId()
  return (
    <div className={css.row}>
      <label htmlFor={id} className={css.words}>
        {label}
      </label>
      <input
        id={id}
        type="checkbox"
        role="switch"
        className={css.switch}
        checked={checked}
        aria-checked={checked}
        onChange={event => onChange(event.target.checked)}
      />
    </div>
  )
}
