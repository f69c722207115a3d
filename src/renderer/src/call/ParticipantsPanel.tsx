import { Mic, MicOff, Search, Video, VideoOff, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useShallow } from 'zustand/react/shallow'
import type { PeerId } from '#contracts/ids.ts'
import type { Role } from '#contracts/meeting.ts'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { TextField } from '../ui/TextField.tsx'
import { useCall } from './call-context.tsx'
import css from './ParticipantsPanel.module.css'
import { isSending } from './peer-badges.ts'
import { selectNames, selectPeer, selectSelf } from './selectors.ts'

/** A list that is longer than this can be searched. */
const SEARCH_FROM = 10

interface Person {
  name: string
  label: string
  role: Role
  micOn: boolean
  camOn: boolean
}

export function ParticipantsPanel({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const names = useCall(useShallow(selectNames))
  const ownName = useCall(state => selectSelf(state)?.displayName ?? '')
  const [wanted, setWanted] = useState('')
  const count = names.size + 1
  const isWanted = (name: string) => name.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase())
  const found = [...names].filter(([, name]) => isWanted(name)).map(([peerId]) => peerId)
  return (
    <aside className={css.panel} aria-label={t('call.people')}>
      <header className={css.header}>
        <h2 className={css.heading}>{t('call.peopleCount', { count })}</h2>
        <IconButton size="small" label={t('call.closePeople')} icon={<X size={18} />} onClick={onClose} />
      </header>
      {count > SEARCH_FROM ? (
        <div className={css.search}>
          <TextField
            type="search"
            label={t('call.search')}
            hideLabel
            placeholder={t('call.search')}
            icon={<Search size={16} />}
            value={wanted}
            onChange={event => setWanted(event.target.value)}
          />
        </div>
      ) : null}
      {found.length === 0 && !isWanted(ownName) ? <p className={css.nobody}>{t('call.searchNobody')}</p> : null}
      <ul className={css.list}>
        {isWanted(ownName) ? <OwnRow /> : null}
        {found.map(peerId => (
          <PeerRow key={peerId} peerId={peerId} />
        ))}
      </ul>
    </aside>
  )
}

function OwnRow() {
  const { t } = useTranslation()
  const { micOn, camOn } = useDeviceToggles()
  const name = useCall(state => selectSelf(state)?.displayName ?? '')
  const role = useCall(state => selectSelf(state)?.role ?? 'participant')
  return <PersonRow person={{ name, label: t('call.you', { name }), role, micOn, camOn }} />
}

function PeerRow({ peerId }: { peerId: PeerId }) {
  const person = useCall(
    useShallow((state): Person | null => {
      const peer = selectPeer(peerId)(state)
      if (!peer) return null
      const { displayName: name, role } = peer
      return { name, label: name, role, micOn: isSending(peer, 'mic'), camOn: isSending(peer, 'cam') }
    }),
  )
  return person ? <PersonRow person={person} /> : null
}

function PersonRow({ person: { name, label, role, micOn, camOn } }: { person: Person }) {
  const { t } = useTranslation()
  const MicIcon = micOn ? Mic : MicOff
  const CamIcon = camOn ? Video : VideoOff
  return (
    <li className={css.person}>
      <Avatar name={name} size={36} />
      <span className={css.words}>
        <span className={css.name} title={name}>
          {label}
        </span>
        {role === 'host' ? <span className={css.role}>{t('call.host')}</span> : null}
      </span>
      <MicIcon
        className={css.state}
        data-on={micOn}
        size={17}
        role="img"
        aria-label={t(micOn ? 'call.micOn' : 'call.micOff')}
      />
      <CamIcon
        className={css.state}
        data-on={camOn}
        size={17}
        role="img"
        aria-label={t(camOn ? 'call.camOn' : 'call.camOff')}
      />
    </li>
  )
}
