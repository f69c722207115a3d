import { describe } from 'vitest'
import { deadLettersSuite } from './conformance/dead-letters.ts'
import { eventsSuite } from './conformance/events.ts'
import { lanesSuite } from './conformance/lanes.ts'
import { lifecycleSuite } from './conformance/lifecycle.ts'
import type { OpenMessaging } from './conformance/open-messaging.ts'
import { requestsSuite } from './conformance/requests-and-hints.ts'
import { retriesSuite } from './conformance/retries.ts'
import { tasksSuite } from './conformance/tasks.ts'

/** What every driver promises. A driver's own test calls this with a way to open it, then adds what only it promises. */
export const messagingSuite = (driver: string, open: OpenMessaging) =>
  describe(`${driver} keeps its promises`, () => {
    describe('tasks', () => tasksSuite(open))
    describe('retries and dead letters', () => retriesSuite(open))
    describe('the box of dead letters', () => deadLettersSuite(open))
    describe('lanes', () => lanesSuite(open))
    describe('events', () => eventsSuite(open))
    describe('requests and hints', () => requestsSuite(open))
    describe('start and close', () => lifecycleSuite(open))
  })
