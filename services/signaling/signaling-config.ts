import { z } from 'zod'
import { PING_INTERVAL_MS, RESUME_WINDOW_MS } from '#contracts/signaling/envelope.ts'
import { DEFAULT_BACKOFF } from '../shared/messaging/backoff.ts'

/** A token bucket: how much comes back per second, and how much may be spent at once. */
const rate = z.object({ perSecond: z.number().positive(), burst: z.number().int().positive() })
export type Rate = z.infer<typeof rate>

const durationMs = z.number().int().positive()

/** Everything has a default; tests and large installations change single values. */
export const SignalingConfig = z.object({
  /** Browsers send an Origin header, the app does not: one that is not listed here is refused. */
  allowedOrigins: z.array(z.string().max(256)).default([]),
  maxSockets: z.number().int().positive().default(4_096),
  /** Generous, because an office is one address. */
  maxSocketsPerAddress: z.number().int().positive().default(256),
  /** From the end of the TLS handshake to a complete HTTP request. */
  handshakeTimeoutMs: durationMs.default(10_000),
  firstFrameTimeoutMs: durationMs.default(10_000),
  /** How long a socket may stay without a session. */
  lobbyTimeoutMs: durationMs.default(600_000),
  pingIntervalMs: durationMs.default(PING_INTERVAL_MS),
  resumeWindowMs: durationMs.default(RESUME_WINDOW_MS),
  createTimeoutMs: durationMs.default(10_000),
  /** Between attempts to record a loss or a leave; see `backoffMs`. */
  enqueueBackoff: z.object({ baseMs: durationMs, capMs: durationMs }).default(DEFAULT_BACKOFF),
  /** What may wait for a client that reads slowly before its socket is given up. */
  maxBufferedBytes: z
    .number()
    .int()
    .positive()
    .default(4 * 1024 * 1024),
  maxBadFramesInARow: z.number().int().positive().default(20),
  /** Per address, for the methods that need no session: what guessing codes and tokens costs. */
  addressRate: rate.default({ perSecond: 10, burst: 30 }),
  /**
   * Per session, for the methods that leave a task or an event on disk. Joining with microphone and camera takes 3,
   * turning the camera on or off 1.
   */
  durableRate: rate.default({ perSecond: 2, burst: 30 }),
  /** Per socket, for every frame. */
  socketRate: rate.default({ perSecond: 50, burst: 200 }),
  /** How many refused frames a socket may send before it counts as a flood and is closed. */
  floodRate: rate.default({ perSecond: 5, burst: 200 }),
})
export type SignalingConfig = z.infer<typeof SignalingConfig>
