import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShallow } from 'zustand/react/shallow'
import { useShortcuts } from '../desktop/use-shortcuts.ts'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { LiveRegion } from '../ui/LiveRegion.tsx'
import css from './CallScreen.module.css'
import { ConnectionBanner } from './ConnectionBanner.tsx'
import { ControlsBar } from './ControlsBar.tsx'
import { useCall } from './call-context.tsx'
import { DeviceTrouble } from './DeviceTrouble.tsx'
import { ParticipantsPanel } from './ParticipantsPanel.tsx'
import { PeerTile } from './PeerTile.tsx'
import { RemoteAudio } from './RemoteAudio.tsx'
import { RosterNews } from './RosterNews.tsx'
import { SelfTile } from './SelfTile.tsx'
import { StatsOverlay } from './StatsOverlay.tsx'
import { selectInvite, selectPeerIds, selectScreens } from './selectors.ts'
import { type GridTile, TileGrid } from './TileGrid.tsx'
import { WaitingCard } from './WaitingCard.tsx'

export function CallScreen({ onOpenSettings }: { onOpenSettings: () => void }) {
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
        <TileGrid tiles={useTiles()} />
        {peopleOpen ? <ParticipantsPanel onClose={() => setPeopleOpen(false)} /> : null}
        <ConnectionBanner />
        <DeviceTrouble />
        {statsOpen ? <StatsOverlay /> : null}
      </main>
      <ControlsBar peopleOpen={peopleOpen} onTogglePeople={togglePeople} onOpenSettings={onOpenSettings} />
      <RemoteAudio />
      <RosterNews />
      <LiveRegion>{t(micOn ? 'call.youUnmuted' : 'call.youMuted')}</LiveRegion>
    </div>
  )
}

/** Screens first, then oneself and the others in order of joining; alone, the invite stands where a guest will be. */
function useTiles(): GridTile[] {
  const screens = useCall(useShallow(selectScreens))
  const peers = useCall(useShallow(selectPeerIds))
  const invite = useCall(selectInvite)
  return useMemo(
    () => [
      ...screens.map(peerId => ({ key: `${peerId}/screen`, content: <PeerTile peerId={peerId} source="screen" /> })),
      { key: 'self', content: <SelfTile /> },
      ...peers.map(peerId => ({ key: peerId, content: <PeerTile peerId={peerId} source="cam" /> })),
      ...(peers.length === 0 && invite ? [{ key: 'waiting', content: <WaitingCard invite={invite} /> }] : []),
    ],
    [screens, peers, invite],
  )
}
