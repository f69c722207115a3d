import { MicOff } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Avatar } from '../ui/Avatar.tsx'
import css from './Tile.module.css'

export interface TileProps {
  /** As the label says it, e.g. with `(you)`. */
  label: string
  /** What the avatar's initials are made of. */
  name: string
  muted: boolean
  speaking: boolean
  mirrored?: boolean
  /** `contain` for a shared screen, whose edges matter. */
  fit?: 'cover' | 'contain'
  /** The `<video>`, or null while there is no picture. */
  video: ReactNode
}

/** One picture with a name. The avatar lies under the video and shows until its first frame. */
export function Tile({ label, name, muted, speaking, mirrored, fit = 'cover', video }: TileProps) {
  const { t } = useTranslation()
  return (
    <figure
      className={css.tile}
      data-speaking={speaking || undefined}
      data-mirrored={mirrored || undefined}
      data-fit={fit}
      data-video={video ? '' : undefined}
    >
      {fit === 'cover' ? (
        <span className={css.face}>
          <Avatar name={name} size="fluid" />
        </span>
      ) : null}
      {video}
      <figcaption className={css.label}>
        {muted ? <MicOff size={14} role="img" aria-label={t('call.muted')} /> : null}
        <span className={css.name}>{label}</span>
      </figcaption>
    </figure>
  )
}
