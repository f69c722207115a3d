import css from './hidden.module.css'

/** Unseen words that screen readers say when they change. */
export function LiveRegion({ children }: { children: string }) {
  return (
    <p className={css.hidden} aria-live="polite">
      {children}
    </p>
  )
}
