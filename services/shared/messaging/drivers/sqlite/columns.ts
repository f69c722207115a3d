import type { SQLOutputValue } from 'node:sqlite'
import { ServiceName } from '#contracts/definitions.ts'

/** Typed reading of columns. The file is ours, but a disk can lie: what has the wrong type is an error, not a guess. */
export type Row = Record<string, SQLOutputValue>

export function text(row: Row, column: string): string {
  const value = row[column]
  if (typeof value !== 'string') throw new TypeError(`column ${column} holds no text`)
  return value
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column)
}

export function integer(row: Row, column: string): number {
  const value = row[column]
  if (typeof value !== 'number') throw new TypeError(`column ${column} holds no integer`)
  return value
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column)
}

export function service(row: Row): ServiceName {
  return ServiceName.parse(row['service'])
}
