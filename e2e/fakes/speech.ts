import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

/** A voice that an app under test uses as its microphone. */
export interface Speech {
  name: string
  /** 48 kHz mono PCM, what Chromium's fake microphone plays in a loop. */
  wav: string
  /** The same at `CORRELATION_RATE_HZ`, mono in [-1, 1], one round of the loop. */
  samples: Float32Array
}

/** Speech has most of its energy below 2 kHz, and a low rate keeps the correlation cheap. */
export const CORRELATION_RATE_HZ = 4_000

/** Three people, told apart by ear: recordings beside the project, or synthetic voices where there are none. */
const voices = {
  host: {
    recording: 'jfk.wav',
    espeak: ['-v', 'en-us', '-p', '30'],
    text: 'Good morning. I am calling to ask whether the report is done.',
  },
  guest: {
    recording: 'lj_LJ001-0001.wav',
    espeak: ['-v', 'en-gb+f3', '-p', '70'],
    text: 'The weather along the coast has been kind to us for weeks.',
  },
  third: {
    recording: 'libri_2412-153948-0000.wav',
    espeak: ['-v', 'en-us+m7', '-s', '140'],
    text: 'Seven ships left the harbour before anybody had noticed the fire.',
  },
}
export type Person = keyof typeof voices

const recordings = process.env.PARLEY_SPEECH_DIR ?? resolve(import.meta.dirname, '../../../shared/audio')

/** Made once per recording and version of this file, then kept, as the films are. */
export function speech(person: Person): Speech {
  const recorded = join(recordings, voices[person].recording)
  const recording = existsSync(recorded) ? recorded : null
  const version = createHash('sha256')
    .update(readFileSync(import.meta.filename))
    .update(recording ? readFileSync(recording) : 'synthetic')
    .digest('hex')
    .slice(0, 12)
  const wav = join(tmpdir(), `parley-${person}-${version}.wav`)
  if (!existsSync(wav)) make(person, recording, wav)
  const raw = run('ffmpeg', ['-v', 'error', '-i', wav, '-ar', String(CORRELATION_RATE_HZ), '-f', 'f32le', '-'])
  return {
    name: person,
    wav,
    samples: new Float32Array(raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength)),
  }
}

function make(person: Person, recording: string | null, wav: string): void {
  const { espeak, text } = voices[person]
  const unfinished = `${wav}.${process.pid}`
  const synthetic = `${unfinished}.synthetic`
  if (!recording) run('espeak-ng', [...espeak, '-w', synthetic, text])
  const format = ['-ar', '48000', '-ac', '1', '-c:a', 'pcm_s16le', '-f', 'wav']
  run('ffmpeg', ['-v', 'error', '-y', '-i', recording ?? synthetic, ...format, unfinished])
  rmSync(synthetic, { force: true })
  renameSync(unfinished, wav)
}

function run(command: string, args: string[]): Buffer {
  const { status, stdout, stderr, error } = spawnSync(command, args, { maxBuffer: 64 * 1024 * 1024 })
  if (status !== 0) throw new Error(`${command} failed: ${error?.message ?? stderr.toString().slice(-500)}`)
  return stdout
}
