import css from './LevelMeter.module.css'

const BARS = 14

/** @param level 0 to 1 */
export function LevelMeter({ label, level }: { label: string; level: number }) {
  const lit = Math.round(level * BARS)
  return (
    // biome-ignore lint/a11y/useSemanticElements: a <meter> cannot be drawn as bars
    <div
      className={css.meter}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={1}
      aria-valuenow={level}
    >
      {Array.from({ length: BARS }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars never change places
        <span key={i} className={css.bar} data-lit={i < lit ? '' : undefined} />
      ))}
    </div>
  )
}
