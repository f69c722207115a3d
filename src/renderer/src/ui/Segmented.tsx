import { useId } from 'react'
import css from './Segmented.module.css'

export interface SegmentedProps<V extends string> {
  label: string
  value: V
  options: readonly { value: V; label: string }[]
  onChange: (value: V) => void
}

/** One of a few, all visible; the arrow keys move, as in any radio group. */
export function Segmented<V extends string>({ label, value, options, onChange }: SegmentedProps<V>) {
  const name = useId()
  return (
    <fieldset className={css.group}>
      <legend className={css.legend}>{label}</legend>
      <div className={css.track}>
        {options.map(option => (
          <label key={option.value} className={css.option}>
            <input
              type="radio"
              className={css.radio}
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span className={css.words}>{option.label}</span>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
