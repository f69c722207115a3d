import { ChevronLeft, ChevronRight } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { IconButton } from '../ui/IconButton.tsx'
import { useSize } from '../ui/use-size.ts'
import { layoutGrid } from './grid-layout.ts'
import css from './TileGrid.module.css'

const GAP = 12
const MIN_TILE_WIDTH = 190

/** `key` tells tiles apart when people come and go. */
export interface GridTile {
  key: string
  content: ReactNode
}

export function TileGrid({ tiles }: { tiles: readonly GridTile[] }) {
  const { t } = useTranslation()
  const [stage, { width, height }] = useSize<HTMLDivElement>()
  const [wanted, setPage] = useState(0)
  const grid = layoutGrid({
    count: tiles.length,
    width,
    height,
    gap: GAP,
    minTileWidth: MIN_TILE_WIDTH,
  })
  const page = Math.min(wanted, Math.max(0, grid.pages - 1))
  const shown = width > 0 ? tiles.slice(page * grid.perPage, (page + 1) * grid.perPage) : []
  return (
    <div className={css.frame}>
      <div ref={stage} className={css.stage}>
        <ul
          className={css.grid}
          aria-label={t('call.stage')}
          style={{ gap: GAP, width: grid.columns * grid.tileWidth + (grid.columns - 1) * GAP }}
        >
          {shown.map(({ key, content }) => (
            <li key={key} style={{ width: grid.tileWidth, height: grid.tileHeight }}>
              {content}
            </li>
          ))}
        </ul>
      </div>
      {grid.pages > 1 ? (
        <nav className={css.pages} aria-label={t('call.page', { page: page + 1, pages: grid.pages })}>
          <IconButton
            size="small"
            label={t('call.previousPage')}
            icon={<ChevronLeft size={18} />}
            disabled={page === 0}
            onClick={() => setPage(page - 1)}
          />
          {Array.from({ length: grid.pages }, (_, i) => (
            <button
              // biome-ignore lint/suspicious/noArrayIndexKey: the page's number is what it is
              key={i}
              type="button"
              className={css.dot}
              aria-label={t('call.page', { page: i + 1, pages: grid.pages })}
              aria-current={i === page ? 'page' : undefined}
              onClick={() => setPage(i)}
            />
          ))}
          <IconButton
            size="small"
            label={t('call.nextPage')}
            icon={<ChevronRight size={18} />}
            disabled={page === grid.pages - 1}
            onClick={() => setPage(page + 1)}
          />
        </nav>
      ) : null}
    </div>
  )
}
