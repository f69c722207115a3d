/** The same shape, where optional keys are absent rather than undefined. */
export type WithoutUndefined<T> = T extends string | number | boolean | null
  ? T
  : T extends readonly (infer Item)[]
    ? WithoutUndefined<Item>[]
    : { [Key in keyof T]: WithoutUndefined<Exclude<T[Key], undefined>> }

/** For values of JSON: zod types an optional key as `T | undefined`, libraries with exact optional types want it absent. */
export function withoutUndefined<T>(value: T): WithoutUndefined<T> {
  return JSON.parse(JSON.stringify(value))
}
