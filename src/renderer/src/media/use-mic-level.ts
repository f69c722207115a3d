import { useEffect, useState } from 'react'
import { useLocalMedia } from './local-media-context.tsx'

const INTERVAL_MS = 66
/** What the meter calls empty: a quiet room through a laptop's microphone. */
const FLOOR_DB = -60

/** How loud one's own microphone is, 0 to 1 on a decibel scale; 0 while muted or off. */
export function useMicLevel(): number {
  const track = useLocalMedia(({ mic, micMuted }) => (mic.state === 'on' && !micMuted ? mic.track : null))
  const [level, setLevel] = useState(0)
  useEffect(() => {
    if (!track) return
    const context = new AudioContext()
    const analyser = context.createAnalyser()
    analyser.fftSize = 2_048
    const source = context.createMediaStreamSource(new MediaStream([track]))
    source.connect(analyser)
    const samples = new Float32Array(analyser.fftSize)
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      setLevel(toLevel(samples))
    }, INTERVAL_MS)
    return () => {
      clearInterval(timer)
      source.disconnect()
      void context.close()
      setLevel(0)
    }
  }, [track])
  return level
}

/** @param samples in -1 to 1 @returns their RMS between `FLOOR_DB` (0) and full scale (1), in steps a meter can show */
export function toLevel(samples: Float32Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  const db = 10 * Math.log10(sum / samples.length)
  const level = Math.min(1, Math.max(0, 1 - db / FLOOR_DB))
  return Number.isFinite(level) ? Math.round(level * 100) / 100 : 0
}
