import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A drawn person before a coloured wall, who sways a little: what a fake camera films. Colours are 8-bit RGB. */
export interface Sitter {
  wall: Rgb
  skin: Rgb
  hair: Rgb
  clothes: Rgb
}
type Rgb = readonly [red: number, green: number, blue: number]

export const sitters = {
  host: { wall: [196, 214, 226], skin: [232, 190, 160], hair: [74, 52, 40], clothes: [38, 84, 124] },
  guest: { wall: [226, 206, 180], skin: [141, 92, 62], hair: [28, 24, 26], clothes: [214, 168, 70] },
  third: { wall: [188, 208, 184], skin: [240, 206, 182], hair: [196, 118, 58], clothes: [122, 62, 88] },
} satisfies Record<string, Sitter>

const WIDTH = 640
const HEIGHT = 360
const FPS = 15
/** One sway; the film is a loop. */
const FRAMES = 30

/**
 * A YUV4MPEG2 film, which Chromium's fake camera plays in a loop (`--use-file-for-fake-video-capture`).
 * Painted once per version of this file, then kept: it takes a second or two. @returns its path
 */
export function film(name: keyof typeof sitters): string {
  const version = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .digest('hex')
    .slice(0, 12)
  const file = join(tmpdir(), `parley-${name}-${version}.y4m`)
  if (existsSync(file)) return file
  const unfinished = `${file}.${process.pid}`
  const out = openSync(unfinished, 'w')
  writeSync(out, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FPS}:1 Ip A1:1 C420jpeg\n`)
  for (let i = 0; i < FRAMES; i++) {
    writeSync(out, 'FRAME\n')
    writeSync(out, frame(sitters[name], (2 * Math.PI * i) / FRAMES))
  }
  closeSync(out)
  renameSync(unfinished, file)
  return file
}

/** One I420 frame: the planes Y, Cb and Cr. */
function frame(sitter: Sitter, phase: number): Uint8Array {
  const luma = WIDTH * HEIGHT
  const planes = new Uint8Array(luma * 1.5)
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      const [red, green, blue] = colourAt(sitter, x, y, phase)
      planes[y * WIDTH + x] = 0.299 * red + 0.587 * green + 0.114 * blue
      if (x % 2 || y % 2) continue
      const chroma = (y / 2) * (WIDTH / 2) + x / 2
      planes[luma + chroma] = 128 - 0.1687 * red - 0.3313 * green + 0.5 * blue
      planes[luma * 1.25 + chroma] = 128 + 0.5 * red - 0.4187 * green - 0.0813 * blue
    }
  }
  return planes
}

/** Painted back to front: wall, shoulders, neck, hair, face, eyes, mouth. */
function colourAt({ wall, skin, hair, clothes }: Sitter, x: number, y: number, phase: number): Rgb {
  const sway = 10 * Math.sin(phase)
  const nod = 3 * Math.sin(2 * phase)
  const [headX, headY] = [WIDTH / 2 + sway, 150 + nod]
  const inside = (centerX: number, centerY: number, radiusX: number, radiusY: number) =>
    ((x - centerX) / radiusX) ** 2 + ((y - centerY) / radiusY) ** 2 < 1
  const talking = 4 + 4 * Math.abs(Math.sin(4 * phase))
  if (inside(headX - 20, headY - 6, 5, 6) || inside(headX + 20, headY - 6, 5, 6)) return hair
  if (inside(headX, headY + 32, 15, talking)) return [150, 70, 70]
  if (inside(headX, headY, 52, 66)) return y < headY - 38 ? hair : skin
  if (inside(headX, headY - 14, 62, 68)) return hair
  if (inside(headX * 0.9 + WIDTH * 0.05, 218 + nod, 24, 44)) return skin
  if (inside(WIDTH / 2 + sway * 0.5, HEIGHT + 20, 150, 128)) return clothes
  const light = 1.06 - (0.22 * y) / HEIGHT - 0.0002 * Math.abs(x - WIDTH * 0.3)
  return [Math.min(255, wall[0] * light), Math.min(255, wall[1] * light), Math.min(255, wall[2] * light)]
}
