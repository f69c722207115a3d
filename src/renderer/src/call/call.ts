import { createStore, type StoreApi } from 'zustand/vanilla'
import { type ErrorCode, toAppError } from '#contracts/errors.ts'
import type { Invite } from '#contracts/invite.ts'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import type { EndReason } from '#contracts/meeting.ts'
import type { LocalMedia } from '../media/local-media.ts'
import { loadMediasoupDevice } from '../media/mediasoup-connection.ts'
import type { LoadSfuDevice, SfuStats } from '../media/sfu-connection.ts'
import { createDesktopChannels, type OpenChannel } from '../signaling/signaling-channel.ts'
import { toCodedError } from '../signaling/unwrap-result.ts'
import { type CallEvent, reduceCall } from './call-reducer.ts'
import type { CallActions, CallState } from './call-state.ts'
import { HeldNews } from './held-news.ts'
import { createJoinTimeline, type JoinTimeline } from './join-timeline.ts'
import { LiveSession, type Over } from './live-session.ts'
import { findInvite, type Lobby, prepareInvite, prepareMeeting } from './preparing.ts'

export interface CallOptions {
  api: DesktopApi
  media: LocalMedia
  loadDevice?: LoadSfuDevice
  openChannel?: OpenChannel
}

export interface Call {
  readonly store: StoreApi<CallState>
  readonly actions: CallActions
  /** When each step of the latest join happened. */
  readonly timeline: JoinTimeline
  /** WebRTC statistics of the call that is on, for the overlay. */
  getStats(): Promise<SfuStats | null>
  /** Leaves the meeting, if any; for when the window goes away. */
  close(): void
}

/** Nothing that a second try would change. */
const HOPELESS: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['invite-invalid', 'meeting-ended', 'meeting-unknown'])

export function createCall({
  api,
  media,
  loadDevice = loadMediasoupDevice,
  openChannel = createDesktopChannels(api.signaling),
}: CallOptions): Call {
  const store = createStore<CallState>(() => ({ phase: 'idle' }))
  const timeline = createJoinTimeline()
  const preparing = { api, openChannel, loadDevice }
  const dispatch = (event: CallEvent) => store.setState(reduceCall(store.getState(), event), true)

  /** Of what is under way now; whatever belongs to an earlier one is cancelled, and its late results are not looked at. */
  let attempt = new AbortController()
  let lobby: Lobby | null = null
  let session: LiveSession | null = null
  let lastTitle: string | null = null

  /** Lets go of everything that the phase before held. */
  function reset(): AbortSignal {
    attempt.abort()
    attempt = new AbortController()
    session?.leave()
    lobby?.client.close()
    session = null
    lobby = null
    return attempt.signal
  }

  function fail(error: unknown, invite: Invite | null, hosting: boolean): void {
    reset()
    media.actions.stopAll()
    const shown = toAppError(error)
    dispatch({ type: 'failed', error: shown, hosting, invite: HOPELESS.has(shown.code) ? null : invite })
  }

  function finish(reason: EndReason | 'left'): void {
    reset()
    media.actions.stopAll()
    dispatch({ type: 'ended', reason })
  }

  /** @param wanted what a failure offers to try again */
  async function prepare(
    hosting: boolean,
    work: (signal: AbortSignal) => Promise<Lobby>,
    wanted: () => Invite | null,
  ): Promise<void> {
    const signal = reset()
    dispatch({ type: 'prepare', hosting })
    try {
      const prepared = await work(signal)
      if (signal.aborted) return prepared.client.close()
      lobby = prepared
      dispatch({ type: 'prepared', invite: prepared.invite, meeting: prepared.meeting, hosting: prepared.hosting })
    } catch (error) {
      if (!signal.aborted) fail(error, wanted(), hosting)
    }
  }

  async function open(find: (signal: AbortSignal) => Promise<Invite>): Promise<void> {
    let invite: Invite | null = null
    const work = async (signal: AbortSignal) => {
      invite = await find(signal)
      return prepareInvite(preparing, invite, signal)
    }
    await prepare(false, work, () => invite)
  }

  async function create(title: string): Promise<void> {
    lastTitle = title
    await prepare(
      true,
      signal => prepareMeeting(preparing, title, signal),
      () => null,
    )
  }

  async function join(displayName: string): Promise<void> {
    const joining = lobby
    if (!joining) return
    timeline.start()
    dispatch({ type: 'join' })
    // its socket is the session's from here on
    lobby = null
    const { invite, hosting } = joining
    const { signal } = attempt
    const news = new HeldNews(dispatch)
    signal.addEventListener('abort', news.drop, { once: true })
    const onOver = (over: Over) => {
      news.drop()
      over.type === 'ended' ? finish(over.reason) : fail(toCodedError(over.error), invite, hosting)
    }
    try {
      const joined = await LiveSession.join(
        { api, media, openChannel, timeline, dispatch: news.dispatch, onReceiving: news.release, onOver },
        joining,
        displayName,
        signal,
      )
      if (signal.aborted) return joined.leave()
      session = joined
      void api.recents.add({ invite, title: joining.meeting.title, lastJoinedAtMs: Date.now(), hostedHere: hosting })
    } catch (error) {
      news.drop()
      if (!signal.aborted) fail(error, invite, hosting)
    }
  }

  async function endForAll(): Promise<void> {
    const state = store.getState()
    const ending = session
    if (!ending || state.phase !== 'live') return
    try {
      await ending.endForAll()
      if (session === ending) finish('host-ended')
    } catch (error) {
      if (session === ending) fail(error, state.invite, true)
    }
  }

  function goHome(): void {
    reset()
    media.actions.stopAll()
    dispatch({ type: 'home' })
  }

  const actions: CallActions = {
    newMeeting: create,
    openInvite: text => open(signal => findInvite(preparing, text, signal)),
    openRecent: invite => open(async () => invite),
    join,
    leave: async () => {
      const { phase } = store.getState()
      if (phase === 'live' || phase === 'joining') finish('left')
      else goHome()
    },
    endForAll,
    retry: async () => {
      const state = store.getState()
      if (state.phase !== 'failed' && state.phase !== 'ended') return
      const { invite } = state
      if (invite) await open(async () => invite)
      else if (state.phase === 'failed' && state.hosting && lastTitle !== null) await create(lastTitle)
    },
    goHome: async () => goHome(),
  }

  return {
    store,
    actions,
    timeline,
    getStats: async () => (await session?.sfu?.getStats()) ?? null,
    close: () => {
      reset()
      timeline.close()
    },
  }
}
