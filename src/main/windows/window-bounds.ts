import { z } from 'zod'

export const MIN_SIZE = { width: 480, height: 600 }
const FIRST_SIZE = { width: 1180, height: 780 }

const Rectangle = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
})
export type Rectangle = z.infer<typeof Rectangle>

/** Where the window was, in device-independent pixels; null before the first time. */
export const WindowState = z.object({ bounds: Rectangle.nullable(), maximized: z.boolean() })
export type WindowState = z.infer<typeof WindowState>

/**
 * Where the window goes: where it was, unless that screen is gone or too little of it would be seen to grab it.
 * @param workAreas of the screens that are there, without task bars; the first is the primary
 */
export function fitBounds({ bounds }: WindowState, workAreas: readonly Rectangle[]): Partial<Rectangle> {
  const primary = workAreas[0] ?? { x: 0, y: 0, ...FIRST_SIZE }
  const size = {
    width: clamp(bounds?.width ?? FIRST_SIZE.width, MIN_SIZE.width, Math.max(MIN_SIZE.width, primary.width)),
    height: clamp(bounds?.height ?? FIRST_SIZE.height, MIN_SIZE.height, Math.max(MIN_SIZE.height, primary.height)),
  }
  if (!bounds) return size
  const grabbable = workAreas.some(
    area =>
      overlap(bounds.x, bounds.width, area.x, area.width) >= 100 &&
      bounds.y >= area.y - 10 &&
      bounds.y <= area.y + area.height - 60,
  )
  return grabbable ? bounds : size
}

const clamp = (value: number, least: number, most: number) => Math.min(Math.max(value, least), most)
const overlap = (a: number, aSize: number, b: number, bSize: number) => Math.min(a + aSize, b + bSize) - Math.max(a, b)
