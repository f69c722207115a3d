import { parseArgs } from 'node:util'
import type { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'

/** One setting: read from `--flag`, else from the environment, else the schema's default. */
export interface Variable<T> {
  readonly env: string
  /** Without the dashes; also on the command line as `--flag value`. */
  readonly flag: string
  /** For people, in the table and in the help. */
  readonly about: string
  /** From text, or from undefined when it is not set, to a value. */
  readonly schema: z.ZodType<T>
  /** Shown as dots. */
  readonly secret?: boolean
}

export type Variables = Record<string, Variable<unknown>>
export type ValuesOf<V extends Variables> = { [K in keyof V]: V[K] extends Variable<infer T> ? T : never }

/** One line of the printed table. */
export interface Row {
  name: string
  value: string
  from: 'argument' | 'environment' | 'default'
}

export interface Sources {
  env: Readonly<Record<string, string | undefined>>
  argv: readonly string[]
}

/**
 * Reads all settings once.
 * @throws {CodedError} `bad-request` with one sentence that names the variable or the argument
 */
export function readVariables<V extends Variables>(
  variables: V,
  { env, argv }: Sources,
): { values: ValuesOf<V>; rows: Row[]; positionals: string[]; flags: Record<string, string> } {
  const { flags, positionals } = parseFlags(argv)
  const rows: Row[] = []
  const read = Object.entries(variables).map(([key, variable]) => {
    const argument = flags[variable.flag]
    delete flags[variable.flag]
    const text = argument ?? (env[variable.env] || undefined)
    const from = argument === undefined ? (text === undefined ? 'default' : 'environment') : 'argument'
    const value = parseValue(variable, text, from)
    rows.push({ name: variable.env, value: variable.secret ? '••••••' : show(value), from })
    return [key, value] as const
  })
  return { values: fromEntries(variables, read), rows, positionals, flags }
}

/** Aligned for a terminal. */
export function formatRows(rows: readonly Row[]): string {
  const width = (pick: (row: Row) => string) => Math.max(...rows.map(row => pick(row).length))
  const [nameWidth, valueWidth] = [width(({ name }) => name), width(({ value }) => value)]
  return rows
    .map(({ name, value, from }) => `  ${name.padEnd(nameWidth)}  ${value.padEnd(valueWidth)}  ${from}`)
    .join('\n')
}

function parseValue(variable: Variable<unknown>, text: string | undefined, from: Row['from']): unknown {
  const parsed = variable.schema.safeParse(text)
  if (parsed.success) return parsed.data
  const name = from === 'argument' ? `--${variable.flag}` : variable.env
  const shown = variable.secret || text === undefined ? '' : ` ("${text.slice(0, 80)}")`
  const problem = parsed.error.issues[0]?.message ?? 'it can not be read'
  throw new CodedError('bad-request', `${name}${shown} does not fit: ${problem}.`)
}

/** `--name value` and `--name=value`; all else is positional. */
function parseFlags(argv: readonly string[]): { flags: Record<string, string>; positionals: string[] } {
  const { tokens } = parseArgs({ args: [...argv], strict: false, tokens: true, allowPositionals: true })
  const flags: Record<string, string> = {}
  const positionals: string[] = []
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'positional') {
      const before = tokens[index - 1]
      if (before?.kind === 'option' && before.value === undefined) flags[before.name] = token.value
      else positionals.push(token.value)
    } else if (token.kind === 'option') {
      const next = tokens[index + 1]
      if (token.value === undefined && next?.kind !== 'positional') {
        throw new CodedError('bad-request', `--${token.name} needs a value after it.`)
      }
      if (token.value !== undefined) flags[token.name] = token.value
    }
  }
  return { flags, positionals }
}

const show = (value: unknown) => (Array.isArray(value) ? value.join(', ') || '(none)' : String(value))

/** The keys are those of `variables`, and each value came from its own schema: what the cast says. */
const fromEntries = <V extends Variables>(_: V, entries: (readonly [string, unknown])[]) =>
  Object.fromEntries(entries) as ValuesOf<V>
