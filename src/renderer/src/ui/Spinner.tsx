import css from './Spinner.module.css'

export function Spinner({ size = 18 }: { size?: number }) {
  return (
    <svg className={css.spinner} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <circle className={css.track} cx="12" cy="12" r="9" />
      <circle className={css.arc} cx="12" cy="12" r="9" pathLength="100" />
    </svg>
  )
}
