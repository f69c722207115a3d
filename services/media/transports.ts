import type { types } from 'mediasoup'
import type { PlacedRouter } from './worker-pool.ts'

/** Of the recv transport, before bandwidth estimation knows better: enough for a first sharp picture and voices. */
const INITIAL_OUTGOING_BPS = 1_000_000
/** What one client may send: a simulcast camera (about 3 Mbps), a shared screen and a voice, with room to spare. */
const MAX_INCOMING_BPS = 8_000_000
/** Browsers check consent every few seconds (RFC 7675); this many without means the network is gone. */
const ICE_CONSENT_TIMEOUT_S = 15

export interface TransportPair {
  /** The client's sendTransport ends here. */
  readonly send: types.WebRtcTransport
  /** The client's recvTransport begins here. */
  readonly recv: types.WebRtcTransport
}

/** Both at once: a joining client waits for this. If one fails, neither stays. */
export async function openTransports({ router, webRtcServer }: PlacedRouter): Promise<TransportPair> {
  const open = () =>
    router.createWebRtcTransport({
      webRtcServer,
      enableUdp: true,
      enableTcp: true,
      preferUdp: true,
      initialAvailableOutgoingBitrate: INITIAL_OUTGOING_BPS,
      iceConsentTimeout: ICE_CONSENT_TIMEOUT_S,
    })
  const [send, recv] = await Promise.allSettled([open(), open()])
  if (send.status === 'fulfilled' && recv.status === 'fulfilled') {
    await send.value.setMaxIncomingBitrate(MAX_INCOMING_BPS)
    return { send: send.value, recv: recv.value }
  }
  for (const result of [send, recv]) if (result.status === 'fulfilled') result.value.close()
  throw send.status === 'rejected' ? send.reason : recv.status === 'rejected' && recv.reason
}
