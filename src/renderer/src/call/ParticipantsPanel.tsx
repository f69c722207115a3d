import { Mic, MicOff, Search, Video, VideoOff, X } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '#contracts/meeting.ts'
import { useDeviceToggles } from '../lobby/device-toggles.ts'
import { Avatar } from '../ui/Avatar.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { TextField } from '../ui/TextField.tsx'
import type { LiveCall } from './call-state.ts'
import css from './ParticipantsPanel.module.css'
import { isSending } from './peer-badges.ts'

/** A list that is longer than this can be searched. */
const SEARCH_FROM = 10

interface Person {
  key: string
  name: string
  label: string
  role: Role
  micOn: boolean
  camOn: boolean
}

export function ParticipantsPanel({ call: { self, peers }, onClose }: { call: LiveCall; onClose: () => void }) {
  const { t } = useTranslation()
  const { micOn, camOn } = useDeviceToggles()
  const [wanted, setWanted] = useState('')
  const people: Person[] = [
    {
      key: self.peerId,
      name: self.displayName,
      label: t('call.you', { name: self.displayName }),
      role: self.role,
      micOn,
      camOn,
    },
    ...[...peers.values()].map(peer => ({
      key: peer.peerId,
      name: peer.displayName,
      label: peer.displayName,
      role: peer.role,
      micOn: isSending(peer, 'mic'),
      camOn: isSending(peer, 'cam'),
    })),
  ]
  const found = people.filter(({ name }) => name.toLocaleLowerCase().includes(wanted.trim().toLocaleLowerCase()))
  return (
    <aside className={css.panel} aria-label={t('call.people')}>
      <header className={css.header}>
        <h2 className={css.heading}>{t('call.peopleCount', { count: people.length })}</h2>
        <IconButton size="small" label={t('call.closePeople')} icon={<X size={18} />} onClick={onClose} />
      </header>
      {people.length > SEARCH_FROM ? (
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
      {found.length === 0 ? <p className={css.nobody}>{t('call.searchNobody')}</p> : null}
      <ul className={css.list}>
        {found.map(person => (
          <PersonRow key={person.key} person={person} />
        ))}
      </ul>
    </aside>
  )
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
