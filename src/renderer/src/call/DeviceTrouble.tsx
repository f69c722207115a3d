import { useState } from 'react'
import { CaptureNotice } from '../lobby/CaptureNotice.tsx'
import { useLocalMedia } from '../media/local-media-context.tsx'
import css from './DeviceTrouble.module.css'

/** Tells of a device that fails during the call; what failed before, the lobby has told. */
export function DeviceTrouble() {
  const mic = useLocalMedia(state => state.mic)
  const cam = useLocalMedia(state => state.cam)
  const [known] = useState({ mic, cam })
  return (
    <div className={css.place}>
      {mic !== known.mic ? <CaptureNotice device="mic" /> : null}
      {cam !== known.cam ? <CaptureNotice device="cam" /> : null}
    </div>
  )
}
