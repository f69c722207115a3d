const TONES = 6

/** What stands for a face: two initials of a spaced name, the last two characters of a Chinese, Japanese or Korean one. */
export function toInitials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean)
  const [first, last] = [words[0] ?? '', words.length > 1 ? (words.at(-1) ?? '') : '']
  if (/^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]+$/u.test(first)) {
    return graphemes(first).slice(-2).join('')
  }
  return `${graphemes(first)[0] ?? ''}${graphemes(last)[0] ?? ''}`.toLocaleUpperCase()
}

/** @returns the number of one of the avatar tones, 0 to 5; the same for the same text */
export function toTone(text: string): number {
  let hash = 0
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return hash % TONES
}

const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' })
const graphemes = (text: string): string[] => Array.from(segmenter.segment(text), ({ segment }) => segment)
