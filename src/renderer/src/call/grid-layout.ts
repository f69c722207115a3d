export interface GridInput {
  count: number
  /** The area to fill, in CSS pixels. */
  width: number
  height: number
  gap: number
  /** Width over height of one tile. */
  aspect: number
  /** Below this width a face is no longer readable: the rest goes to further pages. */
  minTileWidth: number
}

export interface GridLayout {
  columns: number
  rows: number
  tileWidth: number
  tileHeight: number
  perPage: number
  pages: number
}

/**
 * Columns and rows that make the tiles as large as they can be. When they would become too small, people are spread
 * evenly over pages; a page holds at least one tile, however small the window.
 */
export function layoutGrid(input: GridInput): GridLayout {
  const { count, minTileWidth } = input
  if (count === 0) return { columns: 0, rows: 0, tileWidth: 0, tileHeight: 0, perPage: 0, pages: 0 }
  let fits = count
  while (fits > 1 && largest(fits, input).tileWidth < minTileWidth) fits--
  const pages = Math.ceil(count / fits)
  const perPage = Math.ceil(count / pages)
  return { ...largest(perPage, input), perPage, pages }
}

function largest(count: number, { width, height, gap, aspect }: GridInput) {
  let best = { columns: 1, rows: count, tileWidth: 0, tileHeight: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const byWidth = (width - gap * (columns - 1)) / columns
    const byHeight = ((height - gap * (rows - 1)) / rows) * aspect
    const tileWidth = Math.max(0, Math.floor(Math.min(byWidth, byHeight)))
    if (tileWidth > best.tileWidth) best = { columns, rows, tileWidth, tileHeight: Math.floor(tileWidth / aspect) }
  }
  return best
}
