import type { WebSocket } from 'ws'

interface Ping {
  number: number
  confirm: () => void
}

/**
 * Pings at every interval and terminates the socket when two pings in a row stay unanswered.
 * @param checkpoint called at each ping; what it returns is called once the pong proves that all before it arrived
 * @returns stops the heartbeat
 */
export function startHeartbeat(
  ws: Pick<WebSocket, 'ping' | 'on' | 'terminate'>,
  { intervalMs, checkpoint }: { intervalMs: number; checkpoint: () => () => void },
): () => void {
  let number = 0
  let unanswered: Ping[] = []

  ws.on('pong', data => {
    const answered = Number(data.toString('latin1'))
    const ping = unanswered.find(candidate => candidate.number === answered)
    if (!ping) return
    unanswered = unanswered.filter(candidate => candidate.number > answered)
    ping.confirm()
  })

  const timer = setInterval(() => {
    if (unanswered.length >= 2) {
      ws.terminate()
      return
    }
    number += 1
    unanswered.push({ number, confirm: checkpoint() })
    ws.ping(String(number))
  }, intervalMs)

  return () => clearInterval(timer)
}
