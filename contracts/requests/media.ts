import { z } from 'zod'
import { defineRequest } from '../definitions.ts'
import { ConsumerId, MeetingId, PeerId, ProducerId, TransportId } from '../ids.ts'
import { ConsumerOptions } from '../meeting.ts'
import { DtlsParameters, MediaKind, RtpCapabilities, RtpParameters, Source } from '../rtp.ts'

/** Signaling fills in meeting and peer from the session; the rest is the client's, parsed. */
const peer = { meetingId: MeetingId, peerId: PeerId }
const done = z.object({})

/** The same for every room of this media service: it follows from the codecs it is configured with. */
export const ReadRouterCapabilities = defineRequest('media', 'media.read_router_capabilities', {
  request: z.object({}),
  reply: z.object({ routerRtpCapabilities: RtpCapabilities }),
})

export const ConnectTransport = defineRequest('media', 'media.connect_transport', {
  request: z.object({ ...peer, transportId: TransportId, dtlsParameters: DtlsParameters }),
  reply: done,
})

/** The new credentials arrive as a `signaling_ice_candidate` task. */
export const RestartIce = defineRequest('media', 'media.restart_ice', {
  request: z.object({ ...peer, transportId: TransportId }),
  reply: done,
})

export const CreateProducer = defineRequest('media', 'media.create_producer', {
  request: z.object({
    ...peer,
    transportId: TransportId,
    kind: MediaKind,
    source: Source,
    rtpParameters: RtpParameters,
    paused: z.boolean(),
  }),
  reply: z.object({ producerId: ProducerId }),
})

export const PauseProducer = defineRequest('media', 'media.pause_producer', {
  request: z.object({ ...peer, producerId: ProducerId, paused: z.boolean() }),
  reply: done,
})

export const CloseProducer = defineRequest('media', 'media.close_producer', {
  request: z.object({ ...peer, producerId: ProducerId }),
  reply: done,
})

/** Consumers start paused; those that can't be made are left out of the reply with their error. */
export const CreateConsumers = defineRequest('media', 'media.create_consumers', {
  request: z.object({ ...peer, producerIds: z.array(ProducerId).min(1).max(200) }),
  reply: z.object({
    consumers: z.array(ConsumerOptions),
    refused: z.array(z.object({ producerId: ProducerId, code: z.string() })),
  }),
})

export const PauseConsumers = defineRequest('media', 'media.pause_consumers', {
  request: z.object({ ...peer, consumerIds: z.array(ConsumerId).min(1).max(200), paused: z.boolean() }),
  reply: done,
})

export const SetPreferredLayers = defineRequest('media', 'media.set_preferred_layers', {
  request: z.object({
    ...peer,
    consumerId: ConsumerId,
    spatialLayer: z.number().int().min(0).max(3),
    temporalLayer: z.number().int().min(0).max(3).optional(),
  }),
  reply: done,
})
