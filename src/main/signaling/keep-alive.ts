import type { WebSocket } from 'ws'
import { PING_INTERVAL_MS } from '#contracts/signaling/envelope.ts'

/** This many intervals without a sign of the server, and the socket is lost. */
const INTERVALS = 3

/**
 * Terminates a socket (close code 1006) over which nothing came for three ping intervals: neither a message, nor the
 * server's ping, nor a pong to ours. A network that went away says nothing by itself. Ends with the socket.
 */
export function keepAlive(socket: Pick<WebSocket, 'on' | 'ping' | 'terminate' | 'readyState'>): void {
  let silentIntervals = 0
  const heard = () => {
    silentIntervals = 0
  }
  for (const sign of ['message', 'ping', 'pong'] as const) socket.on(sign, heard)
  const timer = setInterval(() => {
    silentIntervals++
    if (silentIntervals >= INTERVALS) socket.terminate()
    else if (socket.readyState === 1) socket.ping()
  }, PING_INTERVAL_MS)
  socket.on('close', () => clearInterval(timer))
}
