import { CodedError } from '#contracts/errors.ts'
import { type Config, describeVariables, readConfig } from './shared/config/config.ts'
import { formatRows, type Row } from './shared/config/variables.ts'
import { createLog, type Log } from './shared/log/log.ts'
import type { Server } from './start-server.ts'

/** `node services/server.ts`: the services without the app, for a machine that is always on. */
async function main(): Promise<void> {
  const { config, rows, command } = readConfig({ env: process.env, argv: process.argv.slice(2) })
  switch (command.command) {
    case 'help':
      return print(help())
    case 'new-meeting': {
      const { newMeeting } = await import('./new-meeting.ts')
      return print(await newMeeting({ dataDir: config.dataDir, title: command.title }))
    }
    case 'serve':
      return await serve(config, rows)
  }
}

async function serve(config: Config, rows: Row[]): Promise<void> {
  print(`Parley server\n${formatRows(rows)}`)
  // Loaded only now: who mistyped an option need not wait for the media engine
  const { startServer } = await import('./start-server.ts')
  const root = createLog({ level: config.logLevel })
  const log = root.child({ service: 'server' })
  const starting = new AbortController()
  let server: Server | null = null
  let exitCode = 0

  /** The first call counts; a person who presses Ctrl-C again wants out at once. */
  function stop(code: number, why: string): void {
    if (starting.signal.aborted) {
      if (why === 'SIGINT') process.exit(1)
      exitCode = Math.max(exitCode, code)
      return
    }
    exitCode = code
    log.info({ why }, 'stopping')
    // The parts have deadlines of their own; this one is for what they did not foresee
    setTimeout(() => exitLate(log), config.stopDeadlineMs + 2_000).unref()
    starting.abort()
    server?.stop().then(
      () => process.exit(exitCode),
      () => process.exit(1),
    )
  }
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, () => stop(0, name))
  process.on('uncaughtException', error => {
    log.fatal({ err: error }, 'unexpected error')
    stop(1, 'unexpected error')
  })

  try {
    server = await startServer(config, { log: root, signal: starting.signal })
  } catch (error) {
    if (starting.signal.aborted) process.exit(exitCode)
    throw error
  }
  print(summary(config, server))
}

function exitLate(log: Log): never {
  log.error('stopping took too long')
  process.exit(1)
}

function summary({ dataDir }: Config, { target, mediaPort }: Server): string {
  const addresses = target.addresses.map(({ host, port }) => `  ${host.includes(':') ? `[${host}]` : host}:${port}`)
  return [
    '',
    'Parley is ready. Apps reach it at',
    ...addresses,
    `  certificate  ${target.pin}`,
    ...(mediaPort === null ? [] : [`  media port   ${mediaPort} (UDP and TCP)`]),
    '',
    'Create a meeting and print its link:',
    `  npm run server -- new-meeting --title "Team" --data-dir ${dataDir}`,
    '',
  ].join('\n')
}

function help(): string {
  const variables = describeVariables()
  const width = Math.max(...variables.map(({ flag }) => flag.length))
  return [
    'npm run server                                     runs the server',
    'npm run server -- new-meeting --title "Team"       creates a meeting on the running server, prints its link',
    'npm run server -- --port 7500                      options follow the two dashes',
    '',
    'Options, each also as an environment variable:',
    ...variables.map(({ flag, env, about }) => `  --${flag.padEnd(width)}  ${about} (${env})`),
  ].join('\n')
}

const print = (text: string) => void process.stdout.write(`${text}\n`)

try {
  await main()
} catch (error) {
  const sentence = error instanceof CodedError ? error.message : String(error instanceof Error ? error.stack : error)
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
