/** Joins the class names that apply; `classNames(css.tile, speaking && css.speaking)`. */
export const classNames = (...names: (string | false | null | undefined)[]): string => names.filter(Boolean).join(' ')
