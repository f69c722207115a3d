import { expect, test } from 'vitest'
import { runAttached, runQuietly } from './run-command.mjs'

const js = (code: string) => ['-e', code]

test('a quiet command hands back its exit code and everything it said', async () => {
  const { code, output } = await runQuietly(
    process.execPath,
    js("console.log('out'); console.error('err'); process.exit(3)"),
  )
  expect(code).toBe(3)
  expect(output).toContain('out')
  expect(output).toContain('err')
})

test('a command that does not exist is a result, not an exception', async () => {
  const { code, output } = await runQuietly('/no/such/program', [])
  expect(code).toBeNull()
  expect(output).toContain('ENOENT')
  expect(await runAttached('/no/such/program', [])).toBe(127)
})

test('a command that takes too long is ended', async () => {
  const { code } = await runQuietly(process.execPath, js('setInterval(() => {}, 1000)'), { timeoutMs: 300 })
  expect(code).toBeNull()
})

test('an attached command tells its exit code, and the signal that ended it', async () => {
  expect(await runAttached(process.execPath, js('process.exit(5)'))).toBe(5)
  expect(await runAttached(process.execPath, js("process.kill(process.pid, 'SIGTERM')"))).toBe(143)
})
