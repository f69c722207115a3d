import { z } from 'zod'
import { declareTask, defineEvent, defineHint, defineRequest } from '#contracts/definitions.ts'

/** What the conformance suite sends. The trimmed text shows whether the parsed value arrives, or the one passed in. */
export const Echo = declareTask('meeting', 'echo', 1, z.object({ text: z.string().trim() }))
export const Shout = declareTask('meeting', 'shout', 1, z.object({ text: z.string() }))

const step = z.object({ lane: z.string(), step: z.number().int() })
/** Two tasks that share their lanes. */
export const Step = declareTask('signaling', 'step', 1, step, { laneOf: ({ lane }) => lane })
export const OtherStep = declareTask('signaling', 'other_step', 1, step, { laneOf: ({ lane }) => lane })

/** The same name as `Echo`, from a sender that is newer. */
export const EchoNext = declareTask('meeting', 'echo', 2, z.object({ text: z.string() }))
/** The same name and version as `Echo`, from a sender that got the shape wrong. */
export const EchoWrong = declareTask('meeting', 'echo', 1, z.object({ txet: z.string() }))

export const Happened = defineEvent('meeting_events', 'thing.happened', 1, z.object({ n: z.number().int() }))
export const Unheard = defineEvent('meeting_events', 'thing.unheard', 1, z.object({ n: z.number().int() }))
export const HappenedNext = defineEvent('meeting_events', 'thing.happened', 2, z.object({ n: z.number().int() }))
export const Elsewhere = defineEvent('media_events', 'thing.elsewhere', 1, z.object({ n: z.number().int() }))

export const Double = defineRequest('meeting', 'double', {
  request: z.object({ n: z.number() }),
  reply: z.object({ n: z.number() }),
})
/** The same name as `Double`, from a sender that got the shape wrong. */
export const DoubleWrong = defineRequest('meeting', 'double', {
  request: z.object({ m: z.number() }),
  reply: z.object({ n: z.number() }),
})

export const Level = defineHint('level', z.object({ n: z.number() }))
