import type { EventContract, TaskContract } from '#contracts/definitions.ts'
import { CodedError, toParseError } from '#contracts/errors.ts'
import { createSortableId } from './sortable-id.ts'

/** Tasks and events travel and rest in this shape, whatever the driver. */
export interface Envelope {
  readonly id: string
  readonly name: string
  readonly version: number
  /** Deduplicates; null if the sender gave none. */
  readonly key: string | null
  /** W3C traceparent. */
  readonly trace: string
  /** When it was enqueued or published. */
  readonly atMs: number
  /** JSON. */
  readonly payload: string
}

/** Of a payload's JSON in UTF-8. What is larger belongs in a file that the payload names. */
export const MAX_PAYLOAD_BYTES = 256 * 1024

export interface Postmark {
  nowMs: number
  trace: string
  key?: string | undefined
}

/** @throws {CodedError} `payload-invalid` */
export function sealEnvelope<P>(
  contract: TaskContract<P> | EventContract<P>,
  payload: P,
  { nowMs, trace, key }: Postmark,
): { envelope: Envelope; payload: P } {
  const parsed = contract.payload.safeParse(payload)
  if (!parsed.success) throw nameIt(contract.name, toParseError('payload-invalid', parsed.error))
  return {
    envelope: {
      id: createSortableId(nowMs),
      name: contract.name,
      version: contract.version,
      key: key ?? null,
      trace,
      atMs: nowMs,
      payload: toJson(contract.name, parsed.data),
    },
    payload: parsed.data,
  }
}

/** @throws {CodedError} `version-unsupported`, `payload-invalid` */
export function openEnvelope<P>(contract: TaskContract<P> | EventContract<P>, envelope: Envelope): P {
  if (envelope.version !== contract.version) {
    const versions = `version ${envelope.version}, this Parley handles version ${contract.version}`
    throw new CodedError('version-unsupported', `${contract.name} ${envelope.id} has ${versions}`)
  }
  let json: unknown
  try {
    json = JSON.parse(envelope.payload)
  } catch (cause) {
    throw new CodedError('payload-invalid', `${contract.name} ${envelope.id} holds no JSON`, { cause })
  }
  const parsed = contract.payload.safeParse(json)
  if (!parsed.success) throw nameIt(contract.name, toParseError('payload-invalid', parsed.error))
  return parsed.data
}

function toJson(name: string, payload: unknown): string {
  let json: string | undefined
  try {
    json = JSON.stringify(payload)
  } catch (cause) {
    throw new CodedError('payload-invalid', `${name}: the payload can't be written as JSON`, { cause })
  }
  if (json === undefined) throw new CodedError('payload-invalid', `${name}: the payload can't be written as JSON`)
  // A UTF-16 unit is at most 3 bytes of UTF-8, so short payloads need no exact count
  if (json.length * 3 > MAX_PAYLOAD_BYTES && Buffer.byteLength(json) > MAX_PAYLOAD_BYTES) {
    const size = `${Math.ceil(Buffer.byteLength(json) / 1024)} KiB`
    throw new CodedError('payload-invalid', `${name}: the payload has ${size}, at most 256 KiB are allowed`)
  }
  return json
}

function nameIt(name: string, error: CodedError): CodedError {
  return new CodedError(error.code, `${name}: ${error.message}`)
}
