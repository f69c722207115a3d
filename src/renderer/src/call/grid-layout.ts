export interface GridInput {
  count: number
  /** The area to fill, in CSS pixels. */
  width: number
  height: number
  gap: number
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

/** Cameras send 16:9; cropping it at the sides down to 4:3 keeps the face and fills the window better. Width over height. */
export const WIDEST_TILE = 16 / 9
export const NARROWEST_TILE = 4 / 3

/**
 * Columns and rows that give the tiles the largest area. When they would become too small, people are spread evenly
 * over pages; a page holds at least one tile, however small the window.
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

function largest(count: number, { width, height, gap }: GridInput) {
  let best = { columns: 1, rows: count, tileWidth: 0, tileHeight: 0 }
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns)
    const cellWidth = Math.max(0, (width - gap * (columns - 1)) / columns)
    const cellHeight = Math.max(0, (height - gap * (rows - 1)) / rows)
    const tileWidth = Math.floor(Math.min(cellWidth, cellHeight * WIDEST_TILE))
    const tileHeight = Math.floor(Math.min(cellHeight, cellWidth / NARROWEST_TILE))
    if (tileWidth * tileHeight > best.tileWidth * best.tileHeight) best = { columns, rows, tileWidth, tileHeight }
  }
  return best
}
