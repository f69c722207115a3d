import type { TLSSocket } from 'node:tls'
import { WebSocket } from 'ws'
import { CodedError } from '#contracts/errors.ts'
import { formatInvite, type ServerAddress } from '#contracts/invite.ts'
import { ServerFrame } from '#contracts/signaling/envelope.ts'
import { signalingRequests } from '#contracts/signaling/requests.ts'
import { readRunningServer } from './shared/data-dir/running-server.ts'
import { connectPinned } from './shared/tls/pinned-connection.ts'
import { OWNER_ID } from './shared/tokens/owner.ts'
import { createTokens } from './shared/tokens/tokens.ts'

const DEADLINE_MS = 15_000

/**
 * Creates a meeting on the server that runs in this data folder, over its socket and with an owner token, as the app does.
 * @returns the invite link
 * @throws {CodedError} `server-unreachable` when none runs there, or what the server answered
 */
export async function newMeeting({ dataDir, title }: { dataDir: string; title: string }): Promise<string> {
  const running = await readRunningServer(dataDir)
  if (!running?.server.pin) throw notRunning(dataDir)
  const { token } = await (await createTokens({ dataDir })).signOwner({ use: 'owner', userId: OWNER_ID })
  const tls = await connectPinned(running, running.server.pin).catch(cause => {
    throw notRunning(dataDir, cause)
  })
  const request = { type: 'request', id: 1, method: 'meeting.create', data: { title, ownerToken: token } }
  const { meeting } = signalingRequests['meeting.create'].reply.parse(await ask(tls, running, request))
  return formatInvite({ code: meeting.code, server: running.server })
}

/** One question over one socket. */
async function ask(tls: TLSSocket, { host, port }: ServerAddress, request: { id: number }): Promise<unknown> {
  const authority = host.includes(':') ? `[${host}]` : host
  const socket = new WebSocket(`wss://${authority}:${port}/v1/signaling`, { createConnection: () => tls })
  const answer = Promise.withResolvers<unknown>()
  const timer = setTimeout(
    () => answer.reject(new CodedError('timeout', 'The server did not answer in time.')),
    DEADLINE_MS,
  )
  socket.on('open', () => socket.send(JSON.stringify(request)))
  socket.on('error', cause => answer.reject(new CodedError('connection-lost', 'The connection failed.', { cause })))
  socket.on('close', () => answer.reject(new CodedError('connection-lost', 'The server hung up.')))
  socket.on('message', data => {
    const frame = ServerFrame.safeParse(JSON.parse(data.toString()))
    if (!frame.success || frame.data.type === 'notification') return
    if (frame.data.type === 'response' && frame.data.ok) return answer.resolve(frame.data.data)
    if ('error' in frame.data) answer.reject(new CodedError(frame.data.error.code, frame.data.error.message))
  })
  try {
    return await answer.promise
  } finally {
    clearTimeout(timer)
    socket.terminate()
  }
}

const notRunning = (dataDir: string, cause?: unknown) =>
  new CodedError('server-unreachable', `No server runs in ${dataDir}. Start one with "npm run server" first.`, {
    cause,
  })
