import { join } from 'node:path'
import type { ServiceName } from '#contracts/definitions.ts'
import { CodedError } from '#contracts/errors.ts'
import type { ServerTarget } from '#contracts/invite.ts'
import type { EndReason } from '#contracts/meeting.ts'
import { AiService } from './ai/ai-service.ts'
import { MediaService } from './media/media-service.ts'
import { MeetingService } from './meeting/meeting-service.ts'
import type { Config } from './shared/config/config.ts'
import { takeDataDir } from './shared/data-dir/data-dir.ts'
import { forgetRunningServer, writeRunningServer } from './shared/data-dir/running-server.ts'
import { createHttpServer } from './shared/http/http-server.ts'
import { createLifecycle, type Lifecycle, type PartState } from './shared/lifecycle/lifecycle.ts'
import type { Log } from './shared/log/log.ts'
import { createSqliteMessaging } from './shared/messaging/drivers/sqlite/sqlite-messaging.ts'
import type { Messaging } from './shared/messaging/messaging.ts'
import { observeMessaging } from './shared/metrics/messaging-metrics.ts'
import { createMetrics } from './shared/metrics/metrics.ts'
import { openSqliteRecords } from './shared/records/records.ts'
import { loadServerCertificate } from './shared/tls/certificate.ts'
import { LOOPBACK, listLanAddresses } from './shared/tls/local-addresses.ts'
import { OWNER_ID } from './shared/tokens/owner.ts'
import { createTokens, type SignedToken } from './shared/tokens/tokens.ts'
import { SignalingService } from './signaling/signaling-service.ts'

export interface Server {
  /** How clients reach it, and by what they know it. */
  readonly target: ServerTarget
  readonly port: number
  /** Null when the media service runs elsewhere. */
  readonly mediaPort: number | null
  states(): { name: string; state: PartState }[]
  /** The right to create meetings here and to be their host, for 10 minutes. */
  mintOwnerToken(): Promise<SignedToken>
  /** How many people are in all meetings. */
  countPeers(): Promise<number>
  /**
   * Stops in the reverse of the order of starting. Idempotent.
   * @param endMeetings first ends all meetings for this reason and waits until everyone has been told; without it
   *   meetings go on, for clients come back to the next server of this data folder
   */
  stop(options?: { endMeetings?: EndReason; deadlineMs?: number }): Promise<void>
}

const MAX_INVITE_ADDRESSES = 8
/** They ask each other by requests, which the SQLite driver does not carry beyond this process. */
const INSEPARABLE: readonly ServiceName[] = ['signaling', 'meeting', 'media']

/**
 * Composes all services, or those of `config.only`, around one messaging layer. Handlers are registered before messages
 * flow, and everything else is ready before the port opens.
 * @param log names no service yet: each part's child does
 * @throws {CodedError} of the part that could not start; what had started is stopped then
 */
export async function startServer(
  config: Config,
  { log, signal }: { log: Log; signal?: AbortSignal },
): Promise<Server> {
  const lifecycle = createLifecycle({ log: log.child({ service: 'server' }) })
  const abort = () => void lifecycle.stop()
  signal?.addEventListener('abort', abort)
  try {
    return await compose(config, lifecycle, log)
  } finally {
    signal?.removeEventListener('abort', abort)
  }
}

async function compose(config: Config, lifecycle: Lifecycle, log: Log): Promise<Server> {
  const { dataDir } = config
  checkOnly(config.only)
  const runs = (service: ServiceName) => config.only.length === 0 || config.only.includes(service)
  const logOf = (service: string) => log.child({ service })
  let stopDeadlineMs = config.stopDeadlineMs

  await lifecycle.start({ name: 'data-dir', start: () => takeDataDir(dataDir), stop: taken => taken.release() })
  const metrics = await lifecycle.start({ name: 'metrics', start: createMetrics, stop: made => made.close() })
  const records = await lifecycle.start({
    name: 'records',
    start: () => openSqliteRecords(join(dataDir, 'records.sqlite')),
    stop: opened => opened.close(),
  })
  const { tokens, certificate } = await lifecycle.start({
    name: 'keys',
    start: async () => ({
      tokens: await createTokens({ dataDir }),
      certificate: await loadServerCertificate({ dataDir }),
    }),
  })
  const messaging = await lifecycle.start({
    name: 'messaging',
    start: () =>
      createSqliteMessaging({
        file: join(dataDir, 'messaging.sqlite'),
        log: logOf('messaging'),
        observe: observeMessaging(metrics),
      }),
    works: made => made.isAvailable,
    stop: made => made.close({ deadlineMs: stopDeadlineMs / 4 }),
    stopDeadlineMs: config.stopDeadlineMs,
  })
  const http = await lifecycle.start({
    name: 'http',
    start: () => createHttpServer({ certificate, metrics, log: logOf('http'), states: lifecycle.states }),
    stop: made => made.close(),
  })

  const meeting = runs('meeting')
    ? await lifecycle.start({
        name: 'meeting',
        start: () =>
          MeetingService.create({
            messaging,
            records,
            tokens,
            log: logOf('meeting'),
            config: {
              maxParticipants: config.maxParticipants,
              emptyMeetingGraceMs: config.emptyMeetingGraceMs,
              ownsSessions: runs('signaling'),
            },
          }),
      })
    : null
  const listenAddresses = toListenAddresses(config.host)
  const media = runs('media')
    ? await lifecycle.start({
        name: 'media',
        start: () =>
          MediaService.create({
            messaging,
            config: { listenAddresses, port: config.mediaPort, workers: config.mediaWorkers },
            log: logOf('media'),
          }),
        works: made => made.status().workersAlive > 0,
        stop: made => made.close(),
      })
    : null
  const signaling = runs('signaling')
    ? await lifecycle.start({
        name: 'signaling',
        start: () => SignalingService.create({ messaging, tokens, server: http.server, log }),
        stop: made => made.close({ deadlineMs: stopDeadlineMs / 4 }),
      })
    : null
  if (runs('ai')) await lifecycle.start({ name: 'ai', start: () => AiService.create({ messaging, log: logOf('ai') }) })

  await lifecycle.start({
    name: 'delivery',
    start: async () => {
      await messaging.start()
      await meeting?.start()
    },
  })
  const { port } = await lifecycle.start({
    name: 'listener',
    start: () => http.listen({ host: config.host, port: config.port }),
    stop: () => http.stopListening(),
  })
  const hosts = config.publicAddresses.length > 0 ? config.publicAddresses : listenAddresses
  const target = { addresses: hosts.map(host => ({ host, port })), pin: certificate.pin }
  await lifecycle.start({
    name: 'running-file',
    start: () => writeRunningServer(dataDir, { host: listenAddresses.at(-1) ?? LOOPBACK, port, server: target }),
    stop: () => forgetRunningServer(dataDir),
  })

  metrics.gauge('live_meetings', 'Meetings that have started and not ended.', () => records.meetings.countLive())
  metrics.gauge('present_peers', 'Peers in all meetings.', () => records.participants.countAllPresent())
  if (media) {
    metrics.gauge('media_workers_alive', 'mediasoup workers that run.', () => media.status().workersAlive)
    metrics.gauge('media_rooms', 'Rooms that the media service keeps.', () => media.status().rooms)
    metrics.gauge('media_peers', 'Peers that have transports.', () => media.status().peers)
  }
  if (signaling) {
    metrics.gauge('signaling_sockets', 'Clients that are connected.', () => signaling.status.sockets)
    metrics.gauge('signaling_sessions', 'Sessions, with and without a socket.', () => signaling.status.sessions)
  }

  return {
    target,
    port,
    mediaPort: media?.port ?? null,
    states: lifecycle.states,
    mintOwnerToken: () => tokens.signOwner({ use: 'owner', userId: OWNER_ID }),
    countPeers: () => records.participants.countAllPresent(),
    async stop({ endMeetings, deadlineMs = config.stopDeadlineMs } = {}) {
      stopDeadlineMs = deadlineMs
      http.stopListening()
      if (endMeetings && meeting) await endAll(meeting, messaging, endMeetings, deadlineMs / 4, logOf('server'))
      await lifecycle.stop()
    },
  }
}

function checkOnly(only: readonly ServiceName[]): void {
  const missing = INSEPARABLE.filter(service => !only.includes(service))
  if (only.length === 0 || missing.length === 0) return
  const [names, verb] = [missing.join(' and '), missing.length === 1 ? 'is' : 'are']
  throw new CodedError(
    'bad-request',
    `PARLEY_ONLY leaves out ${names}, which ${verb} needed: only with Redis, which is still to come, can ${INSEPARABLE.join(', ')} run apart.`,
  )
}

/** Within the deadline; what was not told by then is told by the sockets closing. */
async function endAll(meeting: MeetingService, messaging: Messaging, reason: EndReason, deadlineMs: number, log: Log) {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<void>(resolve => {
    timer = setTimeout(resolve, deadlineMs)
  })
  try {
    const meetings = await meeting.endAllLiveMeetings(reason)
    if (meetings === 0) return
    log.info({ meetings, reason }, 'ending the meetings')
    await Promise.race([messaging.idle(), deadline])
  } catch (error) {
    log.error({ err: error }, 'meetings could not be ended')
  } finally {
    clearTimeout(timer)
  }
}

/** Loopback comes last: it is for a second app on this machine. */
function toListenAddresses(host: string): string[] {
  const isWildcard = host === '0.0.0.0' || host === '::'
  return isWildcard ? [...listLanAddresses().slice(0, MAX_INVITE_ADDRESSES - 1), LOOPBACK] : [host]
}
