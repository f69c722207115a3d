import { integer, type Row, serviceOf, text, textOrNull } from './columns.ts'
import type { StoredTask } from './protocol.ts'
import type { Counted, TaskState } from './tallies.ts'

export type Task = StoredTask & Counted

export function toCounted(row: Row): Counted {
  return { service: serviceOf(row), name: text(row, 'name'), lane: textOrNull(row, 'lane') }
}

/** @throws {TypeError} if it is none */
export function toState(row: Row): TaskState {
  const state = text(row, 'state')
  switch (state) {
    case 'delayed':
    case 'queued':
    case 'ready':
    case 'running':
    case 'backoff':
      return state
    default:
      throw new TypeError(`a task can't be ${state}`)
  }
}

export function toTask(row: Row): Task {
  return {
    ...toCounted(row),
    seq: integer(row, 'seq'),
    id: text(row, 'id'),
    version: integer(row, 'version'),
    key: textOrNull(row, 'key'),
    trace: text(row, 'trace'),
    atMs: integer(row, 'at'),
    payload: text(row, 'payload'),
    dueAtMs: integer(row, 'due_at'),
    attempt: integer(row, 'attempt'),
    failures: integer(row, 'failures'),
  }
}
