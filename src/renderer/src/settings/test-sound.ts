/** Two soft notes, a fifth apart, in hertz. */
const NOTES_HZ = [523.25, 783.99]
const NOTE_SECONDS = 0.45

/** Plays on the given speaker, null being the system's own; resolves when it has been heard. */
export async function playTestSound(speakerId: string | null): Promise<void> {
  const context = new AudioContext()
  const output = context.createMediaStreamDestination()
  const audio = new Audio()
  audio.srcObject = output.stream
  try {
    await audio.setSinkId(speakerId ?? '')
    await audio.play()
    const notes = NOTES_HZ.map((hz, i) =>
      note(context, output, hz, context.currentTime + 0.05 + i * NOTE_SECONDS * 0.6),
    )
    const last = notes.at(-1)
    await new Promise<void>(resolve => {
      if (last) last.onended = () => resolve()
      else resolve()
    })
  } finally {
    audio.srcObject = null
    await context.close()
  }
}

function note(context: AudioContext, output: AudioNode, hz: number, at: number): OscillatorNode {
  const oscillator = context.createOscillator()
  const gain = context.createGain()
  oscillator.frequency.value = hz
  gain.gain.setValueAtTime(0, at)
  gain.gain.linearRampToValueAtTime(0.25, at + 0.03)
  gain.gain.exponentialRampToValueAtTime(0.001, at + NOTE_SECONDS)
  oscillator.connect(gain).connect(output)
  oscillator.start(at)
  oscillator.stop(at + NOTE_SECONDS)
  return oscillator
}
