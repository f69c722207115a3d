import { expect, test } from 'vitest'
import { createSortableId } from './sortable-id.ts'

const YEAR_3000_MS = Date.UTC(3000, 0)

test('ids are version 7 UUIDs that carry their time', () => {
  const id = createSortableId(YEAR_3000_MS)
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(YEAR_3000_MS)
})

test('ids of one process sort as they were made, within one millisecond and when the clock is set back', () => {
  const ids = Array.from({ length: 20_000 }, (_, i) => createSortableId(YEAR_3000_MS + (i < 10_000 ? 1 : -i)))
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})
