/** Structured lines: what happened, with ids as fields. Never tokens, codes, names, or addresses of people. */
export interface Log {
  debug(message: string, fields?: Fields): void
  info(message: string, fields?: Fields): void
  warn(message: string, fields?: Fields): void
  error(message: string, fields?: Fields): void
}

type Fields = Record<string, unknown>
type Level = keyof Log

const ORDER: readonly Level[] = ['debug', 'info', 'warn', 'error']

/** @param write takes one line of JSON without its line end */
export function createLog(
  write: (line: string) => void,
  least: Level = 'info',
  now: () => Date = () => new Date(),
): Log {
  const at =
    (level: Level) =>
    (message: string, fields: Fields = {}) => {
      if (ORDER.indexOf(level) < ORDER.indexOf(least)) return
      const values = Object.entries(fields).map(([key, value]) => [
        key,
        value instanceof Error ? describe(value) : value,
      ])
      write(JSON.stringify({ time: now().toISOString(), level, message, ...Object.fromEntries(values) }))
    }
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

function describe(error: Error): string {
  const cause = error.cause instanceof Error ? `; because ${describe(error.cause)}` : ''
  return `${error.stack ?? error.message}${cause}`
}
