import type { ErrorCode } from '#contracts/errors.ts'
import type { InviteText } from '#contracts/invite.ts'
import type { enFailures } from '../i18n/en-failures.ts'

export type FailureWords = keyof typeof enFailures
export type FailureAction = 'retry' | 'new-meeting'

export interface Failure {
  words: FailureWords
  tone: 'warning' | 'danger'
  /** The best first. The way home is always there. */
  actions: readonly FailureAction[]
}

const again: readonly FailureAction[] = ['retry']
const elsewhere: readonly FailureAction[] = ['new-meeting']

/** Faults of programs, not of people or networks: they share the words that apologise. */
const fault: Failure = { words: 'internal', tone: 'warning', actions: again }

/** What a person is told, and offered, for every code that there is. */
const failures: Record<ErrorCode, Failure> = {
  'invite-invalid': { words: 'invite-invalid', tone: 'warning', actions: elsewhere },
  'meeting-unknown': { words: 'meeting-unknown', tone: 'warning', actions: ['retry', 'new-meeting'] },
  'meeting-ended': { words: 'meeting-ended', tone: 'warning', actions: elsewhere },
  'meeting-full': { words: 'meeting-full', tone: 'warning', actions: again },
  'server-unreachable': { words: 'server-unreachable', tone: 'warning', actions: again },
  // nobody is offered a way around a certificate that does not match
  'server-untrusted': { words: 'server-untrusted', tone: 'danger', actions: [] },
  'connection-lost': { words: 'connection-lost', tone: 'warning', actions: again },
  'already-joined': { words: 'already-joined', tone: 'warning', actions: again },
  'session-replaced': { words: 'session-replaced', tone: 'warning', actions: again },
  'session-unknown': { words: 'connection-lost', tone: 'warning', actions: again },
  'token-expired': { words: 'token-expired', tone: 'warning', actions: again },
  'token-invalid': { words: 'token-expired', tone: 'warning', actions: again },
  unauthenticated: { words: 'token-expired', tone: 'warning', actions: again },
  forbidden: { words: 'forbidden', tone: 'warning', actions: elsewhere },
  'services-failed': { words: 'services-failed', tone: 'danger', actions: again },
  'media-unavailable': { words: 'media-unavailable', tone: 'warning', actions: again },
  'media-rejected': { words: 'media-rejected', tone: 'warning', actions: again },
  'cannot-consume': { words: 'media-rejected', tone: 'warning', actions: again },
  timeout: { words: 'timeout', tone: 'warning', actions: again },
  'rate-limited': { words: 'rate-limited', tone: 'warning', actions: again },
  unavailable: { words: 'unavailable', tone: 'warning', actions: again },
  'queue-full': { words: 'unavailable', tone: 'warning', actions: again },
  'version-unsupported': { words: 'version-unsupported', tone: 'warning', actions: [] },
  'unknown-request': { words: 'version-unsupported', tone: 'warning', actions: [] },
  'storage-failed': { words: 'storage-failed', tone: 'danger', actions: again },
  'bad-request': fault,
  'message-too-large': fault,
  'payload-invalid': fault,
  'sender-refused': fault,
  'peer-unknown': fault,
  'transport-unknown': fault,
  'producer-unknown': fault,
  'consumer-unknown': fault,
  'task-unknown': fault,
  'event-unknown': fault,
  cancelled: fault,
  internal: fault,
}

/** What can be asked for: the meeting of a link, or of a bare code, or a new one. */
export type AskedFor = InviteText['kind'] | 'meeting'

/**
 * Whether asking for the same once more may go better. A link names the one server that does not know its meeting; where
 * a code leads is looked up anew, and its host may have come by then.
 */
export const canRetry = (code: ErrorCode, asked: AskedFor): boolean =>
  toFailure(code).actions.includes('retry') && (code !== 'meeting-unknown' || asked === 'code')

export const toFailure = (code: ErrorCode): Failure => failures[code]
