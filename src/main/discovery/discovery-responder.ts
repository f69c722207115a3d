import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { MeetingCode } from '#contracts/ids.ts'
import type { Log } from '../app/log.ts'
import { type CodeKeys, deriveCodeKeys } from './code-keys.ts'
import { createAnswer, FoundServer, readQuery } from './datagrams.ts'
import { GROUP, localNetworks, PORT } from './local-networks.ts'

/** More than people ask; a flood costs no more than this. */
const MAX_QUERIES_PER_SECOND = 200
const MAX_ANSWERS_PER_SECOND = 5
/** Networks come and go while a machine runs. */
const REJOIN_INTERVAL_MS = 30_000

/** Tells those who know the code of a meeting hosted here where to find it. Listens only while there is one. */
export class DiscoveryResponder {
  #server: FoundServer | null = null
  readonly #keys = new Map<MeetingCode, CodeKeys>()
  #wanted: ReadonlySet<MeetingCode> = new Set()
  #socket: Socket | null = null
  #rejoin: NodeJS.Timeout | undefined
  /** One derivation after the other: each takes 32 MB. */
  #deriving: Promise<void> = Promise.resolve()
  #queries = new Rate(MAX_QUERIES_PER_SECOND)
  #answers = new Map<string, Rate>()
  readonly #log: Log
  readonly #port: number

  constructor(log: Log, port = PORT) {
    this.#log = log
    this.#port = port
  }

  /** What is hosted from now on. Without a server, or without codes, nobody is answered. Resolves when all codes are. */
  async serve(server: unknown, codes: readonly MeetingCode[]): Promise<void> {
    this.#server = FoundServer.safeParse(server).data ?? null
    this.#wanted = new Set(this.#server ? codes : [])
    for (const code of this.#keys.keys()) if (!this.#wanted.has(code)) this.#keys.delete(code)
    for (const code of this.#wanted) this.#deriving = this.#deriving.then(() => this.#know(code))
    if (this.#wanted.size === 0) this.#stop()
    else if (!this.#socket) this.#listen()
    await this.#deriving
  }

  close(): void {
    this.#wanted = new Set()
    this.#server = null
    this.#keys.clear()
    this.#stop()
  }

  async #know(code: MeetingCode): Promise<void> {
    if (!this.#wanted.has(code) || this.#keys.has(code)) return
    const keys = await deriveCodeKeys(code)
    if (this.#wanted.has(code)) this.#keys.set(code, keys)
  }

  #listen(): void {
    // shared: a second app on this machine may host, too
    const socket = createSocket({ type: 'udp4', reuseAddr: true })
    this.#socket = socket
    socket.on('error', error => {
      this.#log.warn('meetings here are not found by code', { error })
      this.#stop()
    })
    socket.on('message', (datagram, from) => this.#hear(socket, datagram, from))
    socket.bind(this.#port, () => {
      this.#join(socket)
      this.#log.info('meetings here are found by code', { port: socket.address().port })
    })
    this.#rejoin = setInterval(() => this.#join(socket), REJOIN_INTERVAL_MS)
    this.#rejoin.unref()
  }

  #join(socket: Socket): void {
    for (const { address } of localNetworks()) {
      try {
        socket.addMembership(GROUP, address)
      } catch {
        // joined already, or a network without multicast: broadcasts still arrive
      }
    }
  }

  #stop(): void {
    clearInterval(this.#rejoin)
    this.#socket?.close()
    this.#socket = null
    this.#answers.clear()
  }

  #hear(socket: Socket, datagram: Buffer, { address, port }: RemoteInfo): void {
    if (!this.#server || !this.#queries.take()) return
    const query = readQuery(datagram, this.#keys.values())
    if (!query || !this.#answerRate(address).take()) return
    socket.send(createAnswer(query.nonce, query.keys, this.#server), port, address, () => {})
  }

  #answerRate(address: string): Rate {
    // those who are here know a code; forgetting all of them now and then bounds the map
    if (this.#answers.size > 1_000) this.#answers.clear()
    const rate = this.#answers.get(address) ?? new Rate(MAX_ANSWERS_PER_SECOND)
    this.#answers.set(address, rate)
    return rate
  }
}

/** So many a second, counted anew each second. */
class Rate {
  #second = 0
  #taken = 0
  readonly #most: number

  constructor(most: number) {
    this.#most = most
  }

  take(): boolean {
    const second = Math.floor(performance.now() / 1_000)
    if (second !== this.#second) this.#taken = 0
    this.#second = second
    return this.#taken++ < this.#most
  }
}
