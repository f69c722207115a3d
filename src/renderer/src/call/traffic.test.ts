import { expect, test } from 'vitest'
import { readTraffic, toRates } from './traffic.ts'

const report = (...stats: object[]): RTCStatsReport => new Map(stats.map((stat, i) => [String(i), stat]))

const at = (timestamp: number, bytes: number, lost: number) =>
  readTraffic({
    send: report(
      { type: 'outbound-rtp', timestamp, bytesSent: bytes },
      { type: 'outbound-rtp', timestamp, bytesSent: bytes },
      { type: 'candidate-pair', timestamp, nominated: false, currentRoundTripTime: 9 },
      { type: 'candidate-pair', timestamp, nominated: true, currentRoundTripTime: 0.012 },
    ),
    recv: report(
      { type: 'inbound-rtp', timestamp, bytesReceived: 3 * bytes, packetsReceived: 90, packetsLost: lost },
      { type: 'codec', timestamp, bytesReceived: 1e9 },
      { type: 'inbound-rtp' },
    ),
  })

test('the streams of a call are added up, and what is no stream is left out', () => {
  expect(at(1_000, 500, 2)).toEqual({
    atMs: 1_000,
    sentBytes: 1_000,
    receivedBytes: 1_500,
    receivedPackets: 90,
    lostPackets: 2,
    roundTripMs: 12,
  })
})

test('rates are of the time between two readings', () => {
  const rates = toRates({ ...at(1_000, 0, 0), receivedPackets: 0 }, at(2_000, 50_000, 10))
  expect(rates).toEqual({ sendKbps: 800, receiveKbps: 1_200, lossRatio: 0.1 })
})

test('a call without streams, or read twice at once, shows nothing odd', () => {
  const empty = readTraffic({ send: report(), recv: report() })
  expect(empty.roundTripMs).toBeNull()
  expect(toRates(at(1_000, 500, 2), empty)).toEqual({ sendKbps: 0, receiveKbps: 0, lossRatio: 0 })
  expect(toRates(empty, empty)).toEqual({ sendKbps: 0, receiveKbps: 0, lossRatio: 0 })
})
