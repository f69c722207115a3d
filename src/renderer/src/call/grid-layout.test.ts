import { describe, expect, test } from 'vitest'
import { layoutGrid, NARROWEST_TILE, WIDEST_TILE } from './grid-layout.ts'

const windows = [
  { width: 1_176, height: 690 },
  { width: 1_880, height: 980 },
  { width: 456, height: 500 },
  { width: 300, height: 900 },
]
const counts = Array.from({ length: 50 }, (_, i) => i + 1)
const input = { gap: 12, minTileWidth: 190 }

describe.each(windows)('in $width × $height', size => {
  test.each(counts)('%i tiles fit, all of one size, on as few pages as they need', count => {
    const { columns, rows, tileWidth, tileHeight, perPage, pages } = layoutGrid({ ...input, ...size, count })
    expect(columns * tileWidth + (columns - 1) * input.gap).toBeLessThanOrEqual(size.width)
    expect(rows * tileHeight + (rows - 1) * input.gap).toBeLessThanOrEqual(size.height)
    expect(columns * rows).toBeGreaterThanOrEqual(perPage)
    expect(perPage * pages).toBeGreaterThanOrEqual(count)
    expect(perPage * (pages - 1)).toBeLessThan(count)
    expect(tileWidth).toBeGreaterThanOrEqual(input.minTileWidth)
    // whole pixels shift the shape by less than a hundredth
    expect(tileWidth / tileHeight).toBeGreaterThan(NARROWEST_TILE - 0.02)
    expect(tileWidth / tileHeight).toBeLessThan(WIDEST_TILE + 0.02)
  })

  test.each(counts)('no other number of columns would make the tiles of %i people larger', count => {
    const { tileWidth, tileHeight, perPage } = layoutGrid({ ...input, ...size, count })
    for (let columns = 1; columns <= perPage; columns++) {
      const rows = Math.ceil(perPage / columns)
      const cell = {
        width: (size.width - input.gap * (columns - 1)) / columns,
        height: (size.height - input.gap * (rows - 1)) / rows,
      }
      const width = Math.floor(Math.min(cell.width, cell.height * WIDEST_TILE))
      const height = Math.floor(Math.min(cell.height, cell.width / NARROWEST_TILE))
      expect(Math.max(0, width) * Math.max(0, height)).toBeLessThanOrEqual(tileWidth * tileHeight)
    }
  })
})

test('two people sit side by side in a wide window and one above the other in a tall one', () => {
  expect(layoutGrid({ ...input, count: 2, width: 1_200, height: 700 })).toMatchObject({ columns: 2, rows: 1 })
  expect(layoutGrid({ ...input, count: 2, width: 460, height: 640 })).toMatchObject({ columns: 1, rows: 2 })
})

test('people who do not fit are spread evenly over the pages', () => {
  const { perPage, pages } = layoutGrid({ ...input, count: 13, width: 620, height: 330 })
  expect(pages).toBeGreaterThan(1)
  expect(perPage * pages - 13).toBeLessThan(pages)
})

test('a window that is too small for anything still shows one person a page', () => {
  expect(layoutGrid({ ...input, count: 3, width: 100, height: 60 })).toMatchObject({ perPage: 1, pages: 3 })
})

test('nobody needs no tiles', () => {
  expect(layoutGrid({ ...input, count: 0, width: 800, height: 600 })).toMatchObject({ pages: 0, perPage: 0 })
})
