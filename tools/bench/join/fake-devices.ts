import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const RATE_HZ = 48_000
const SECONDS = 8

/**
 * The devices of both sides of the bench: Chromium's fake camera, and a microphone that is never silent, so that the first
 * audible sample is the first that arrives and not the next beep.
 */
export function fakeDevices(dir: string): string[] {
  const wav = join(dir, 'vowel.wav')
  writeFileSync(wav, toWav(vowel()))
  return [
    '--use-fake-device-for-media-stream=fps=15',
    `--use-file-for-fake-audio-capture=${wav}`,
    // no root user has Chromium's sandbox
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ]
}

/** A sung vowel with a wandering pitch: harmonics of about 150 Hz, so that noise suppression takes it for a voice. */
function vowel(): Int16Array {
  let phase = 0
  return Int16Array.from({ length: RATE_HZ * SECONDS }, (_, i) => {
    const t = i / RATE_HZ
    phase += (2 * Math.PI * (150 + 20 * Math.sin(2 * Math.PI * 0.7 * t))) / RATE_HZ
    let sample = 0
    for (let harmonic = 1; harmonic <= 8; harmonic++) sample += Math.sin(harmonic * phase) / harmonic
    return 6_000 * (0.7 + 0.3 * Math.sin(2 * Math.PI * 4 * t)) * sample
  })
}

/** RIFF with one 16-bit mono PCM chunk. */
function toWav(samples: Int16Array): Buffer {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + samples.byteLength, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(RATE_HZ, 24)
  header.writeUInt32LE(RATE_HZ * 2, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([header, Buffer.from(samples.buffer)])
}
