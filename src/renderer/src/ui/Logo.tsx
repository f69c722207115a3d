import css from './Logo.module.css'

/** Two voices that overlap. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg className={css.logo} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <path className={css.far} d="M19.5 4a8.5 8.5 0 0 1 8.5 8.5V21a.9.9 0 0 1-1.5.7L24.2 20h-4.7a8 8 0 0 1 0-16Z" />
      <path
        className={css.near}
        d="M12.5 10a8.5 8.5 0 0 1 0 17H7.8l-2.3 1.7A.9.9 0 0 1 4 28v-9.500a8.500 8.500 0 0 1 8.500-8.500Z"
      />
    </svg>
  )
}
