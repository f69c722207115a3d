import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parseInvite } from '#contracts/invite.ts'
import { TestClient } from './shared/fixtures/test-client.ts'

let dataDir: string
let running: { child: ChildProcess; exited: Promise<unknown> }[]
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'parley-command-'))
  running = []
})
afterEach(async () => {
  for (const { child } of running) child.kill('SIGKILL')
  await Promise.all(running.map(({ exited }) => exited))
  await rm(dataDir, { recursive: true, force: true })
})

/** `node services/server.ts …` as a person runs it. */
function run(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'server.ts'), ...args], {
    env: {
      ...process.env,
      PARLEY_DATA_DIR: dataDir,
      PARLEY_PORT: '0',
      PARLEY_MEDIA_PORT: '0',
      PARLEY_HOST: '127.0.0.1',
      ...env,
    },
  })
  const said = { out: '', err: '' }
  const listeners = new Set<() => void>()
  child.stdout.on('data', chunk => {
    said.out += chunk
    for (const listener of listeners) listener()
  })
  child.stderr.on('data', chunk => {
    said.err += chunk
  })
  const exited = once(child, 'close').then(([code]) => code as number | null)
  /** Until it has said this on standard output. */
  const hears = (text: string) => {
    const heard = new Promise<void>(resolve => {
      const check = () => said.out.includes(text) && resolve()
      listeners.add(check)
      check()
    })
    const ended = exited.then(code => {
      if (!said.out.includes(text)) throw new Error(`ended with ${code}: ${said.err}`)
    })
    return Promise.race([heard, ended])
  }
  const started = { child, said, exited, hears }
  running.push(started)
  return started
}

describe('the server on the command line', { timeout: 60_000 }, () => {
  test('says how it is reached, makes meetings on request, and ends cleanly on SIGTERM', async () => {
    const server = run([])
    await server.hears('Create a meeting and print its link')
    expect(server.said.out).toMatch(/PARLEY_MAX_PARTICIPANTS +50 +default/)
    expect(server.said.out).toMatch(/certificate {2}[\w-]{43}/)

    const command = run(['new-meeting', '--title', 'My team'])
    expect(await command.exited).toBe(0)
    const link = parseInvite(command.said.out)
    if (link.kind !== 'link') throw new Error('no link')
    using client = await TestClient.connectTo(link.invite.server)
    expect(await client.request('lobby.enter', { code: link.invite.code })).toMatchObject({
      meeting: { title: 'My team' },
    })
    // The code is a secret: the terminal of the server never shows it
    expect(server.said.out).not.toContain(link.invite.code)

    server.child.kill('SIGTERM')
    expect(await server.exited).toBe(0)
    expect(server.said.err).toBe('')
  })

  test.each([
    [['--port', 'http'], {}, '--port ("http") does not fit: it is a whole number.\n'],
    [[], { PARLEY_LOG_LEVEL: 'loud' }, 'PARLEY_LOG_LEVEL ("loud") does not fit'],
    [['new-meeting'], {}, 'No server runs in '],
    [['serve-tea'], {}, '"serve-tea" is no command of this server. Try --help.\n'],
  ])('refuses %j %j with one sentence and exit code 1', async (args, env, sentence) => {
    const refused = run(args, env)
    expect(await refused.exited).toBe(1)
    expect(refused.said.err).toContain(sentence)
    expect(refused.said.err.trim().split('\n')).toHaveLength(1)
  })

  test('says that its port is taken, and by what to change it', async () => {
    const first = run([])
    await first.hears('Create a meeting')
    const port = /127\.0\.0\.1:(\d+)/.exec(first.said.out)?.[1] ?? ''
    const second = run(['--port', port, '--data-dir', join(dataDir, 'other')])
    expect(await second.exited).toBe(1)
    expect(second.said.err).toBe(
      `Port ${port} is taken by another program. Stop that one, or choose another with PARLEY_PORT.\n`,
    )
  })

  test('explains itself', async () => {
    const help = run(['--help'])
    expect(await help.exited).toBe(0)
    expect(help.said.out).toContain('--media-port')
    expect(help.said.out).toContain('PARLEY_PUBLIC_ADDRESSES')
  })
})
