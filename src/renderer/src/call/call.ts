import { createStore, type StoreApi } from 'zustand/vanilla'
import { CodedError, toAppError } from '#contracts/errors.ts'
import { type Invite, type InviteText, parseInvite } from '#contracts/invite.ts'
import type { DesktopApi } from '#contracts/ipc/api.ts'
import type { EndReason } from '#contracts/meeting.ts'
import type { LocalMedia } from '../media/local-media.ts'
import { loadMediasoupDevice } from '../media/mediasoup-connection.ts'
import type { LoadSfuDevice, SfuStats } from '../media/sfu-connection.ts'
import { createDesktopChannels, type OpenChannel } from '../signaling/signaling-channel.ts'
import { toCodedError } from '../signaling/unwrap-result.ts'
import { type CallEvent, reduceCall } from './call-reducer.ts'
import type { CallActions, CallState } from './call-state.ts'
import { canRetry } from './failures.ts'
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

/** What the person wants, as they may want it once more. */
type Asked = InviteText | { kind: 'meeting'; title: string }

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
  let asked: Asked | null = null

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

  function fail(error: unknown): void {
    reset()
    media.actions.stopAll()
    const shown = toAppError(error)
    dispatch({ type: 'failed', error: shown, canRetry: asked !== null && canRetry(shown.code, asked.kind) })
  }

  function finish(reason: EndReason | 'left'): void {
    reset()
    media.actions.stopAll()
    dispatch({ type: 'ended', reason })
  }

  async function prepare(wanted: Asked, work: (signal: AbortSignal) => Promise<Lobby>): Promise<void> {
    const signal = reset()
    asked = wanted
    dispatch({ type: 'prepare', hosting: wanted.kind === 'meeting' })
    try {
      const prepared = await work(signal)
      if (signal.aborted) return prepared.client.close()
      lobby = prepared
      asked = { kind: 'link', invite: prepared.invite }
      dispatch({ type: 'prepared', invite: prepared.invite, meeting: prepared.meeting, hosting: prepared.hosting })
    } catch (error) {
      if (!signal.aborted) fail(error)
    }
  }

  const ask = (wanted: Asked): Promise<void> =>
    prepare(wanted, async signal =>
      wanted.kind === 'meeting'
        ? prepareMeeting(preparing, wanted.title, signal)
        : prepareInvite(preparing, await findInvite(preparing, wanted, signal), signal),
    )

  async function openInvite(text: string): Promise<void> {
    let wanted: InviteText
    try {
      wanted = parseInvite(text)
    } catch (error) {
      asked = null
      return fail(error)
    }
    await ask(wanted)
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
      over.type === 'ended' ? finish(over.reason) : fail(toCodedError(over.error))
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
      if (!signal.aborted) fail(error)
    }
  }

  async function endForAll(): Promise<boolean> {
    const ending = session
    if (!ending || store.getState().phase !== 'live') return true
    try {
      await ending.endForAll()
      if (session === ending) finish('host-ended')
    } catch (error) {
      if (session !== ending) return true
      // the seat outlives a lost socket, and so does the meeting
      if (error instanceof CodedError && (error.code === 'connection-lost' || error.code === 'timeout')) return false
      fail(error)
    }
    return true
  }

  function goHome(): void {
    reset()
    media.actions.stopAll()
    dispatch({ type: 'home' })
  }

  const actions: CallActions = {
    newMeeting: title => ask({ kind: 'meeting', title }),
    openInvite,
    openRecent: (invite: Invite) => ask({ kind: 'link', invite }),
    join,
    leave: async () => {
      const { phase } = store.getState()
      if (phase === 'live' || phase === 'joining') finish('left')
      else goHome()
    },
    endForAll,
    retry: async () => {
      const state = store.getState()
      const retryable = state.phase === 'ended' || (state.phase === 'failed' && state.canRetry)
      if (asked && retryable) await ask(asked)
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
