import { beforeEach, expect, test } from 'vitest'
import { OpenedLinks } from './links.ts'
import { createLog } from './log.ts'
import { Starts } from './starts.ts'

const link = 'parley://join/abc-defg-hij?at=10.0.0.1:7443'

let effects: unknown[]
let starts: Starts
beforeEach(() => {
  effects = []
  const links = new OpenedLinks(null, opened => effects.push(['told', opened]))
  links.take()
  starts = new Starts({
    links,
    show: () => effects.push('shown'),
    relaunch: next => effects.push(['relaunched', next]),
    log: createLog(() => {}),
  })
})

test('a start with a link shows the window of the app that runs, and tells it the link', () => {
  starts.again(link)
  starts.again(null)
  starts.ended()
  expect(effects).toEqual([['told', link], 'shown', 'shown'])
})

test('starts while the app quits open no window, and become one new start with the last link', () => {
  starts.quitting()
  starts.again('parley://join/first')
  starts.again(link)
  starts.again(null)
  expect(effects).toEqual([])
  starts.ended()
  starts.ended()
  expect(effects).toEqual([['relaunched', link]])
})
