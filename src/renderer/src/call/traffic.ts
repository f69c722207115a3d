import { z } from 'zod'
import type { SfuStats } from '../media/sfu-connection.ts'

/** The few of the WebRTC statistics that are shown (W3C, Identifiers for WebRTC's Statistics API). */
const Stat = z.object({
  type: z.string(),
  /** Milliseconds. */
  timestamp: z.number(),
  bytesSent: z.number().optional(),
  bytesReceived: z.number().optional(),
  packetsReceived: z.number().optional(),
  packetsLost: z.number().optional(),
  nominated: z.boolean().optional(),
  /** Seconds. */
  currentRoundTripTime: z.number().optional(),
})
type Stat = z.infer<typeof Stat>

/** Totals since the call began. */
export interface Traffic {
  atMs: number
  sentBytes: number
  receivedBytes: number
  receivedPackets: number
  lostPackets: number
  roundTripMs: number | null
}

export function readTraffic({ send, recv }: Pick<SfuStats, 'send' | 'recv'>): Traffic {
  const outbound = read(send, 'outbound-rtp')
  const inbound = read(recv, 'inbound-rtp')
  const pair = [...read(send, 'candidate-pair'), ...read(recv, 'candidate-pair')].find(
    ({ nominated, currentRoundTripTime }) => nominated && currentRoundTripTime !== undefined,
  )
  return {
    atMs: Math.max(0, ...outbound.map(({ timestamp }) => timestamp), ...inbound.map(({ timestamp }) => timestamp)),
    sentBytes: sum(outbound, 'bytesSent'),
    receivedBytes: sum(inbound, 'bytesReceived'),
    receivedPackets: sum(inbound, 'packetsReceived'),
    lostPackets: sum(inbound, 'packetsLost'),
    roundTripMs: pair?.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1_000,
  }
}

export interface TrafficRates {
  sendKbps: number
  receiveKbps: number
  /** 0 to 1. */
  lossRatio: number
}

/** What went on between two readings; streams that ended in between count as nothing, not as less than nothing. */
export function toRates(before: Traffic, now: Traffic): TrafficRates {
  const ms = now.atMs - before.atMs
  const kbps = (bytes: number) => (ms > 0 ? (Math.max(0, bytes) * 8) / ms : 0)
  const lost = Math.max(0, now.lostPackets - before.lostPackets)
  const all = lost + Math.max(0, now.receivedPackets - before.receivedPackets)
  return {
    sendKbps: kbps(now.sentBytes - before.sentBytes),
    receiveKbps: kbps(now.receivedBytes - before.receivedBytes),
    lossRatio: all === 0 ? 0 : lost / all,
  }
}

function read(report: RTCStatsReport, type: string): Stat[] {
  const stats: Stat[] = []
  report.forEach((value: unknown) => {
    const stat = Stat.safeParse(value)
    if (stat.success && stat.data.type === type) stats.push(stat.data)
  })
  return stats
}

const sum = (stats: Stat[], key: 'bytesSent' | 'bytesReceived' | 'packetsReceived' | 'packetsLost'): number =>
  stats.reduce((total, stat) => total + (stat[key] ?? 0), 0)
