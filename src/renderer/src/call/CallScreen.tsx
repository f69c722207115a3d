import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShortcuts } from '../desktop/use-shortcuts.ts'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { LiveRegion } from '../ui/LiveRegion.tsx'
import css from './CallScreen.module.css'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { ControlsBar } from './ControlsBar.tsx'
import type { LiveCall } from './call-state.ts'
import { DeviceTrouble } from './DeviceTrouble.tsx'
import { ParticipantsPanel } from './ParticipantsPanel.tsx'
import { PeerTile } from './PeerTile.tsx'
import { RemoteAudio } from './RemoteAudio.tsx'
import { RosterNews } from './RosterNews.tsx'
import { SelfTile } from './SelfTile.tsx'
import { StatsOverlay } from './StatsOverlay.tsx'
import { type GridTile, TileGrid } from './TileGrid.tsx'
import { WaitingCard } from './WaitingCard.tsx'

export function CallScreen({ call, onOpenSettings }: { call: LiveCall; onOpenSettings: () => void }) {
  const { t } = useTranslation()
  const [peopleOpen, setPeopleOpen] = useState(false)
  const [statsOpen, setStatsOpen] = useState(false)
  const { micOn, toggleMic, toggleCam } = useDeviceToggles()
  const togglePeople = () => setPeopleOpen(open => !open)
  useShortcuts({
    'mod+d': toggleMic,
    'mod+e': toggleCam,
    'mod+shift+p': togglePeople,
    'mod+shift+d': () => setStatsOpen(open => !open),
    ...(peopleOpen ? { escape: () => setPeopleOpen(false) } : {}),
  })
  return (
    <div className={css.screen}>
      <main className={css.stage}>
        <TileGrid tiles={useTiles(call)} />
        {peopleOpen ? <ParticipantsPanel call={call} onClose={() => setPeopleOpen(false)} /> : null}
        <ConnectionBanner connection={call.connection} />
        <DeviceTrouble />
        {statsOpen ? <StatsOverlay /> : null}
      </main>
      <ControlsBar call={call} peopleOpen={peopleOpen} onTogglePeople={togglePeople} onOpenSettings={onOpenSettings} />
      <RemoteAudio />
      <RosterNews />
      <LiveRegion>{t(micOn ? 'call.youUnmuted' : 'call.youMuted')}</LiveRegion>
    </div>
  )
}

/** Screens first, then oneself and the others in order of joining; alone, the invite stands where a guest will be. */
function useTiles({ self, peers, invite }: LiveCall): GridTile[] {
  return useMemo(() => {
    const others = [...peers.values()]
    return [
      ...others
        .filter(({ streams }) => streams.has('screen'))
        .map(({ peerId }) => ({ key: `${peerId}/screen`, content: <PeerTile peerId={peerId} source="screen" /> })),
      { key: self.peerId, content: <SelfTile self={self} /> },
      ...others.map(({ peerId }) => ({ key: peerId, content: <PeerTile peerId={peerId} source="cam" /> })),
      ...(others.length === 0 ? [{ key: 'waiting', content: <WaitingCard invite={invite} /> }] : []),
    ]
  }, [self, peers, invite])
}
