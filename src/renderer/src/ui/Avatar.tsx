import { User } from 'lucide-react'
import css from './Avatar.module.css'
import { toInitials, toTone } from './initials.ts'

/** Decoration: whoever shows it also says the name. `fluid` grows with its container. */
export function Avatar({ name, size = 40 }: { name: string; size?: number | 'fluid' }) {
  const initials = toInitials(name)
  return (
    <span
      className={css.avatar}
      data-tone={toTone(name)}
      data-fluid={size === 'fluid' ? '' : undefined}
      style={size === 'fluid' ? undefined : { width: size, height: size, fontSize: size * 0.38 }}
      aria-hidden="true"
    >
      {initials || <User size="55%" />}
    </span>
  )
}
