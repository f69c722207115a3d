import type { SQLOutputValue } from 'node:sqlite'
import type { Channel, ServiceName } from '#contracts/definitions.ts'

/** Typed reading of columns. The file is ours, but a disk can lie: what has the wrong type is an error, not a guess. */
export type Row = Record<string, SQLOutputValue>

// Lists of our own, held complete by their type: with zod the writer thread would take twice as long to start
const services: Record<ServiceName, true> = { ai: true, meeting: true, media: true, signaling: true }
const channels: Record<Channel, true> = {
  ai_events: true,
  meeting_events: true,
  media_events: true,
  signaling_events: true,
}

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

export function serviceOf({ service }: Row): ServiceName {
  if (!isKeyOf(services, service)) throw new TypeError(`column service holds no service: ${service}`)
  return service
}

export function channelOf({ channel }: Row): Channel {
  if (!isKeyOf(channels, channel)) throw new TypeError(`column channel holds no channel: ${channel}`)
  return channel
}

export function allChannels(): Channel[] {
  return Object.keys(channels).filter(channel => isKeyOf(channels, channel))
}

function isKeyOf<K extends string>(keys: Record<K, true>, value: unknown): value is K {
  return typeof value === 'string' && Object.hasOwn(keys, value)
}
