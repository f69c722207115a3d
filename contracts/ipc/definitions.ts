import type { z } from 'zod'
import type { Result } from '../errors.ts'

/** One desktop API: calls go from the window to main and come back; events go from main to the window. */
export type Calls = Record<string, { request: z.ZodType; reply: z.ZodType }>
export type Events = Record<string, z.ZodType>

/** `window.api.<name>` as the renderer sees it, derived from its contract. */
export type ApiOf<C extends Calls, E extends Events = Record<never, never>> = {
  [K in keyof C]: (request: z.input<C[K]['request']>) => Promise<Result<z.output<C[K]['reply']>>>
} & {
  /** Subscribes; the returned function unsubscribes. */
  [K in keyof E as `on${Capitalize<K & string>}`]: (listener: (event: z.output<E[K]>) => void) => () => void
}

/** Handlers that main has to supply for a contract's calls. `Sender` is what main knows about the window that asks. */
export type HandlersOf<C extends Calls, Sender> = {
  [K in keyof C]: (
    request: z.output<C[K]['request']>,
    sender: Sender,
  ) => Promise<z.input<C[K]['reply']>> | z.input<C[K]['reply']>
}
