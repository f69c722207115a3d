import { describe, expect, test } from 'vitest'
import { MAX_FRAME_BYTES } from '#contracts/signaling/envelope.ts'
import { peekId, readFrame } from './frames.ts'

const read = (text: string) => readFrame(Buffer.from(text), false)

describe('reading a frame', () => {
  test('gives the request', () => {
    expect(read('{"type":"request","id":7,"method":"session.leave","data":{}}')).toEqual({
      ok: true,
      frame: { type: 'request', id: 7, method: 'session.leave', data: {} },
    })
  })

  test.each([
    ['', null],
    ['{', null],
    ['null', null],
    ['[1,2]', null],
    ['"text"', null],
    ['{"id":3}', 3],
    ['{"type":"response","id":3,"ok":true}', 3],
    ['{"type":"request","id":3,"method":5,"data":{}}', 3],
    ['{"type":"request","id":-1,"method":"x","data":{}}', null],
    ['{"type":"request","id":1.5,"method":"x","data":{}}', null],
    ['{"type":"request","id":"3","method":"x","data":{}}', null],
    [`{"type":"request","id":3,"method":"${'x'.repeat(65)}","data":{}}`, 3],
  ])('refuses %s as a bad request, with the id where it has one', (text, id) => {
    expect(read(text)).toEqual({ ok: false, id, error: expect.objectContaining({ code: 'bad-request' }) })
  })

  test('refuses binary', () => {
    const frame = readFrame(Buffer.from('{"type":"request","id":7,"method":"x","data":{}}'), true)
    expect(frame).toMatchObject({ ok: false, error: { code: 'bad-request' } })
  })

  test('takes one of exactly the greatest length and refuses one byte more', () => {
    const start = '{"type":"request","id":7,"method":"x","data":"'
    const fill = MAX_FRAME_BYTES - start.length - 2
    expect(read(`${start}${'x'.repeat(fill)}"}`)).toMatchObject({ ok: true })
    expect(read(`${start}${'x'.repeat(fill + 1)}"}`)).toMatchObject({
      ok: false,
      id: 7,
      error: { code: 'message-too-large' },
    })
  })
})

describe('the id of a frame that is not parsed', () => {
  test.each([
    ['{"type":"request","id":12,"method":"x"', 12],
    [' { "id" : 0 , "type"', 0],
    ['{"method":"x","type":"request","id":5,', 5],
  ])('is read from %s', (text, id) => expect(peekId(Buffer.from(text))).toBe(id))

  test.each([
    '{"data":{"id":5},"id":6',
    '{"id":-5,',
    '{"id":5.5,',
    '{"id":"5",',
    'id":5,',
    '{"type":"a\\"b","id":5,',
    '',
  ])('is not guessed from %s', text => expect(peekId(Buffer.from(text))).toBeNull())
})
