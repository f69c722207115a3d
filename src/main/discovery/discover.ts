import { createSocket } from 'node:dgram'
import type { MeetingCode } from '#contracts/ids.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import { deriveCodeKeys } from './code-keys.ts'
import { createQuery, type FoundServer, readAnswer } from './datagrams.ts'
import { GROUP, type LocalNetwork, localNetworks, PORT } from './local-networks.ts'

const TIMEOUT_MS = 3_000
/** A datagram may be lost; the answer to a later one is as good. */
const ASK_AT_MS = [0, 250, 1_000, 2_000]

export interface DiscoverOptions {
  port?: number
  timeoutMs?: number
  networks?: readonly LocalNetwork[]
}

/** Asks the local networks for the host of a code. @returns null if nobody who knows the code answers in time */
export async function discover(
  code: MeetingCode,
  { port = PORT, timeoutMs = TIMEOUT_MS, networks = localNetworks() }: DiscoverOptions = {},
): Promise<ServerTarget | null> {
  const keys = await deriveCodeKeys(code)
  const { nonce, datagram } = createQuery(keys)
  return new Promise(resolve => {
    const stops: (() => void)[] = []
    const end = (server: ServerTarget | null) => {
      for (const stop of stops.splice(0)) stop()
      resolve(server)
    }
    const late = setTimeout(() => end(null), timeoutMs)
    stops.push(() => clearTimeout(late))
    for (const network of networks) {
      stops.push(
        ask(network, port, datagram, (answer, from) => {
          const found = readAnswer(answer, nonce, keys)
          if (found) end(reachedAt(found, from))
        }),
      )
    }
  })
}

/** Sends a query to everybody on one network, a few times. @returns stops */
function ask(
  { address, broadcast }: LocalNetwork,
  port: number,
  query: Buffer,
  onAnswer: (answer: Buffer, from: string) => void,
): () => void {
  const socket = createSocket('udp4')
  const timers: NodeJS.Timeout[] = []
  // a network that is down or forbids this: the others may answer
  socket.on('error', () => {})
  socket.on('message', (answer, { address: from }) => onAnswer(answer, from))
  socket.bind(0, address, () => {
    socket.setBroadcast(true)
    socket.setMulticastTTL(1)
    socket.setMulticastInterface(address)
    for (const atMs of ASK_AT_MS) {
      timers.push(
        setTimeout(() => {
          for (const to of [GROUP, broadcast ?? address]) socket.send(query, port, to, () => {})
        }, atMs),
      )
    }
  })
  return () => {
    for (const timer of timers) clearTimeout(timer)
    socket.close()
  }
}

/** Of all the host's addresses, the one that its answer came from surely leads there. */
function reachedAt({ addresses, pin }: FoundServer, from: string): ServerTarget {
  const port = addresses[0]?.port ?? 0
  return { addresses: [{ host: from, port }, ...addresses.filter(({ host }) => host !== from)].slice(0, 8), pin }
}
