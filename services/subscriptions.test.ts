import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { AiService } from './ai/ai-service.ts'
import { MediaService } from './media/media-service.ts'
import { MeetingService } from './meeting/meeting-service.ts'
import { createLog } from './shared/log/log.ts'
import { createSqliteMessaging } from './shared/messaging/drivers/sqlite/sqlite-messaging.ts'
import { openSqliteRecords } from './shared/records/records.ts'
import { createTokens } from './shared/tokens/tokens.ts'
import { SignalingService } from './signaling/signaling-service.ts'

// A real media worker: a busy machine may take its time
vi.setConfig({ testTimeout: 30_000 })

/** The catalogue's column "Subscribes to", as far as these events exist. */
const catalogue = {
  ai: ['meeting.started', 'meeting.ended', 'stream.started', 'stream.stopped'],
  meeting: ['stream.started', 'stream.stopped', 'webrtc.connected', 'webrtc.disconnected'],
  media: [
    'meeting.started',
    'meeting.ended',
    'meeting.user_joined',
    'meeting.user_left',
    'webrtc.offer',
    'webrtc.answer',
    'webrtc.ice_candidate',
  ],
  signaling: [
    'meeting.started',
    'meeting.ended',
    'meeting.user_joined',
    'meeting.user_left',
    'stream.started',
    'stream.stopped',
  ],
}

/** What a flow asks for besides: preparing on creation, and news to the clients on whichever node they are. */
const besides = {
  ai: ['meeting.created'],
  meeting: [],
  media: ['meeting.created'],
  signaling: [
    'meeting.created',
    'meeting_create.failed',
    'meeting_user_join.failed',
    'webrtc.answer',
    'webrtc.ice_candidate',
  ],
}

test('each service subscribes to what the catalogue says, and to nothing that no flow asks for', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'parley-subscriptions-'))
  const messaging = await createSqliteMessaging({ file: join(dataDir, 'messaging.sqlite') })
  const records = await openSqliteRecords(join(dataDir, 'records.sqlite'))
  const log = createLog({ level: 'silent' })
  const subscribe = vi.spyOn(messaging, 'subscribe')
  const tokens = await createTokens({ dataDir })
  await AiService.create({ messaging, log })
  await MeetingService.create({ messaging, records, tokens, log })
  const config = { listenAddresses: ['127.0.0.1'], port: 0, workers: 1 }
  const media = await MediaService.create({ messaging, config, log })
  const signaling = await SignalingService.create({ messaging, tokens, server: createServer(), log })
  try {
    const registered = Map.groupBy(subscribe.mock.calls, ([service]) => service)
    for (const service of ['ai', 'meeting', 'media', 'signaling'] as const) {
      const names = registered.get(service)?.map(([, event]) => event.name)
      expect([service, names?.sort()]).toEqual([service, [...catalogue[service], ...besides[service]].sort()])
    }
  } finally {
    await signaling.close()
    await media.close()
    await messaging.close()
    await records.close()
    await rm(dataDir, { recursive: true, force: true })
  }
})
