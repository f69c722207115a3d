import { isIP } from 'node:net'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { ServiceName } from '#contracts/definitions.ts'
import { CodedError } from '#contracts/errors.ts'
import { MeetingTitle } from '#contracts/meeting.ts'
import { LOG_LEVELS } from '../log/log.ts'
import { type Row, readVariables, type Sources, type ValuesOf, type Variable } from './variables.ts'

const variable = <T>(env: string, flag: string, about: string, schema: z.ZodType<T>): Variable<T> => ({
  env,
  flag,
  about,
  schema,
})

const integer = (least: number, most: number, fallback: number) =>
  z
    .string()
    .regex(/^\d{1,12}$/, 'it is a whole number')
    .default(String(fallback))
    .transform(Number)
    .refine(value => value >= least && value <= most, `it is between ${least} and ${most}`)

const list = <T>(item: z.ZodType<T, string>) =>
  z
    .string()
    .default('')
    .transform(text =>
      text
        .split(',')
        .map(part => part.trim())
        .filter(Boolean),
    )
    .pipe(z.array(item))

const address = z.string().refine(text => isIP(text) > 0, 'it is an IP address, e.g. 0.0.0.0 or 192.168.1.5')
const hostName = z
  .string()
  .refine(
    text => (isIP(text) > 0 && !text.includes('%')) || /^[A-Za-z0-9.-]{1,253}$/.test(text),
    'they are names or IP addresses without ports, with commas between them',
  )
const port = (fallback: number) => integer(0, 65_535, fallback)

const variables = {
  host: variable('PARLEY_HOST', 'host', 'address to listen on', address.default('0.0.0.0')),
  port: variable('PARLEY_PORT', 'port', 'TCP port of signaling; 0 lets the system choose', port(7_443)),
  mediaPort: variable(
    'PARLEY_MEDIA_PORT',
    'media-port',
    'UDP and TCP port of media; 0 lets the system choose',
    port(7_444),
  ),
  mediaWorkers: variable(
    'PARLEY_MEDIA_WORKERS',
    'media-workers',
    'mediasoup workers, about one per core',
    integer(1, 64, 1),
  ),
  dataDir: variable(
    'PARLEY_DATA_DIR',
    'data-dir',
    'folder for keys, records and messages',
    z
      .string()
      .default(join(homedir(), '.parley-server'))
      .transform(path => resolve(path)),
  ),
  publicAddresses: variable(
    'PARLEY_PUBLIC_ADDRESSES',
    'public-addresses',
    'names or addresses for invites; this machine’s own unless told',
    list(hostName).refine(names => names.length <= 8, 'at most 8 fit into an invite'),
  ),
  logLevel: variable('PARLEY_LOG_LEVEL', 'log-level', LOG_LEVELS.join(', '), z.enum(LOG_LEVELS).default('info')),
  // A newcomer's answer names every stream, at most 1,000 of them: three of each of 300 people
  maxParticipants: variable('PARLEY_MAX_PARTICIPANTS', 'max-participants', 'seats in one meeting', integer(2, 300, 50)),
  emptyMeetingGraceMs: variable(
    'PARLEY_EMPTY_MEETING_GRACE_MS',
    'empty-meeting-grace-ms',
    'how long a meeting waits after the last one left, in ms',
    integer(0, 86_400_000, 600_000),
  ),
  stopDeadlineMs: variable(
    'PARLEY_STOP_DEADLINE_MS',
    'stop-deadline-ms',
    'how long stopping may take, in ms',
    integer(100, 600_000, 10_000),
  ),
  only: variable(
    'PARLEY_ONLY',
    'only',
    'services to run, e.g. signaling,meeting,media; all unless told',
    list(ServiceName),
  ),
} as const

/** Everything a server can be told, parsed. */
export type Config = ValuesOf<typeof variables>

/** What the command line asks for. */
export type Command = { command: 'serve' } | { command: 'new-meeting'; title: string } | { command: 'help' }

/** @throws {CodedError} `bad-request` with one sentence that names what does not fit */
export function readConfig(sources: Sources): { config: Config; rows: Row[]; command: Command } {
  if (sources.argv.includes('--help')) return { ...readServe({ ...sources, argv: [] }), command: { command: 'help' } }
  return readServe(sources)
}

function readServe(sources: Sources): { config: Config; rows: Row[]; command: Command } {
  const { values, rows, positionals, flags } = readVariables(variables, sources)
  const command = toCommand(positionals, flags)
  const [unknown] = Object.keys(flags)
  if (unknown !== undefined)
    throw new CodedError('bad-request', `--${unknown} is no option of this server. Try --help.`)
  return { config: values, rows, command }
}

/** What can be set and how, for `--help`. */
export function describeVariables(): { env: string; flag: string; about: string }[] {
  return Object.values(variables).map(({ env, flag, about }) => ({ env, flag, about }))
}

function toCommand(positionals: string[], flags: Record<string, string>): Command {
  const [name, extra] = positionals
  if (extra !== undefined) throw new CodedError('bad-request', `"${extra}" is one word too many. Put titles in quotes.`)
  if (name === undefined) return { command: 'serve' }
  if (name !== 'new-meeting') throw new CodedError('bad-request', `"${name}" is no command of this server. Try --help.`)
  const title = MeetingTitle.safeParse(flags.title ?? 'Meeting')
  if (!title.success) throw new CodedError('bad-request', '--title has between 1 and 120 characters.')
  delete flags.title
  return { command: 'new-meeting', title: title.data }
}
