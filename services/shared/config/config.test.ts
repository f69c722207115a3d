import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CodedError } from '#contracts/errors.ts'
import { readConfig } from './config.ts'
import { formatRows, readVariables } from './variables.ts'

const read = (argv: string[] = [], env: Record<string, string> = {}) => readConfig({ argv, env })

describe('the configuration', () => {
  test('has defaults for everything', () => {
    const { config, command } = read()
    expect(config).toMatchObject({
      host: '0.0.0.0',
      port: 7_443,
      mediaPort: 7_444,
      maxParticipants: 50,
      emptyMeetingGraceMs: 600_000,
      only: [],
      publicAddresses: [],
    })
    expect(command).toEqual({ command: 'serve' })
  })

  test('comes from arguments first, then from the environment; an empty variable counts as not set', () => {
    const env = { PARLEY_PORT: '1', PARLEY_MEDIA_PORT: '2', PARLEY_HOST: '' }
    const { config, rows } = read(['--port', '3', '--only=meeting,media'], env)
    expect(config).toMatchObject({ port: 3, mediaPort: 2, host: '0.0.0.0', only: ['meeting', 'media'] })
    expect(rows.filter(({ from }) => from !== 'default').map(({ name, from }) => [name, from])).toEqual([
      ['PARLEY_PORT', 'argument'],
      ['PARLEY_MEDIA_PORT', 'environment'],
      ['PARLEY_ONLY', 'argument'],
    ])
  })

  test('knows names and addresses of both kinds for invites', () => {
    const publicAddresses = ['meet.example.org', '192.168.1.5', '2001:db8::1']
    expect(read([], { PARLEY_PUBLIC_ADDRESSES: publicAddresses.join(', ') }).config).toMatchObject({ publicAddresses })
  })

  test.each([
    [{ PARLEY_PORT: 'http' }, [], 'PARLEY_PORT ("http") does not fit: it is a whole number.'],
    [{ PARLEY_PORT: '70000' }, [], 'PARLEY_PORT ("70000") does not fit: it is between 0 and 65535.'],
    [{}, ['--port', '-1'], '--port needs a value after it.'],
    [{}, ['--max-participants', '1'], '--max-participants ("1") does not fit: it is between 2 and 300.'],
    [{ PARLEY_MAX_PARTICIPANTS: '301' }, [], 'PARLEY_MAX_PARTICIPANTS ("301") does not fit: it is between 2 and 300.'],
    [{ PARLEY_HOST: 'localhost' }, [], /PARLEY_HOST \("localhost"\) does not fit: it is an IP address/],
    [{ PARLEY_ONLY: 'meeting,chat' }, [], /PARLEY_ONLY/],
    [{ PARLEY_LOG_LEVEL: 'loud' }, [], /PARLEY_LOG_LEVEL/],
    [{ PARLEY_PUBLIC_ADDRESSES: 'a b' }, [], /PARLEY_PUBLIC_ADDRESSES/],
    [{ PARLEY_PUBLIC_ADDRESSES: 'meet.example.org:443' }, [], /^PARLEY_PUBLIC_ADDRESSES .* without ports/],
    [{}, ['--portt', '1'], '--portt is no option of this server. Try --help.'],
    [{}, ['new-meting'], '"new-meting" is no command of this server. Try --help.'],
    [{}, ['new-meeting', '--title', ' '], '--title has between 1 and 120 characters.'],
    [{}, ['new-meeting', '--title', 'My', 'team'], '"team" is one word too many. Put titles in quotes.'],
  ])('that is wrong is refused with one sentence that names it: %j %j', (env, argv, sentence) => {
    expect(() => readConfig({ env, argv })).toThrow(CodedError)
    expect(() => readConfig({ env, argv })).toThrow(sentence)
  })

  test('knows the sub-command that makes a meeting', () => {
    expect(read(['new-meeting', '--title', 'My team', '--data-dir', '/tmp/x'])).toMatchObject({
      command: { command: 'new-meeting', title: 'My team' },
      config: { dataDir: '/tmp/x' },
    })
    expect(read(['--help', '--port', 'http']).command).toEqual({ command: 'help' })
  })
})

test('a secret is neither in the table nor in the sentence that refuses it', () => {
  const variables = {
    password: { env: 'DB_PASSWORD', flag: 'password', about: '', schema: z.string().min(8), secret: true },
    user: { env: 'DB_USER', flag: 'user', about: '', schema: z.string().default('me') },
  }
  const { rows, values } = readVariables(variables, { env: { DB_PASSWORD: 'correct horse' }, argv: [] })
  expect(values.password).toBe('correct horse')
  expect(formatRows(rows)).toBe('  DB_PASSWORD  ••••••  environment\n  DB_USER      me      default')
  expect(() => readVariables(variables, { env: { DB_PASSWORD: 'short' }, argv: [] })).toThrow(
    /^(?!.*short).*DB_PASSWORD/,
  )
})
