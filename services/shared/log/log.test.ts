import { expect, test } from 'vitest'
import { CodedError } from '#contracts/errors.ts'
import { createLog, type Log } from './log.ts'

function record(write: (log: Log) => void): Record<string, unknown>[] {
  const lines: string[] = []
  write(createLog({ level: 'info', destination: { write: line => void lines.push(line) } }))
  return lines.map(line => JSON.parse(line))
}

test('a line names its service, its level and the ids it was given', () => {
  const [line] = record(log => log.child({ service: 'media' }).info({ meetingId: 'm1' }, 'room opened'))
  expect(line).toMatchObject({ level: 'info', service: 'media', meetingId: 'm1', msg: 'room opened' })
})

test('a log of one service says so in each line', () => {
  const lines: string[] = []
  createLog({ level: 'info', service: 'ai', destination: { write: line => void lines.push(line) } }).info('ready')
  expect(lines.map(line => JSON.parse(line))).toMatchObject([{ service: 'ai', msg: 'ready' }])
})

test('what is below the level is not written', () => {
  expect(record(log => log.debug('detail'))).toEqual([])
})

test('tokens, meeting codes and names are cut out, at the top and one level down', () => {
  const [line] = record(log =>
    log.info(
      { token: 'eyJ', code: 'abc-defg-hij', peer: { displayName: 'Ada', peerId: 'p1' }, title: 'Secret plan' },
      'x',
    ),
  )
  expect(JSON.stringify(line)).not.toMatch(/eyJ|abc-defg-hij|Ada|Secret plan/)
  expect(line).toMatchObject({ peer: { peerId: 'p1' } })
})

test('the codes of errors and of sockets stay', () => {
  const lines = record(log => {
    log.warn({ code: 'meeting-full' }, 'refused')
    log.warn({ code: 1006 }, 'socket closed')
    log.error({ err: new CodedError('timeout', 'Too slow.', { cause: new Error('disk') }) }, 'failed')
  })
  expect(lines[0]).toMatchObject({ code: 'meeting-full' })
  expect(lines[1]).toMatchObject({ code: 1006 })
  expect(lines[2]).toMatchObject({ err: { code: 'timeout', message: 'Too slow.', cause: { message: 'disk' } } })
})
