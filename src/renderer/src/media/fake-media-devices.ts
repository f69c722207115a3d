import type { LocalMediaOptions } from './local-media.ts'

type Devices = LocalMediaOptions['devices']

export interface FakeDevice {
  kind: MediaDeviceKind
  deviceId: string
  label: string
}

/** A track without a device behind it. */
export class FakeTrack extends EventTarget implements MediaStreamTrack {
  readonly id = crypto.randomUUID()
  readonly label: string
  readonly kind: 'audio' | 'video'
  contentHint = ''
  enabled = true
  readonly muted = false
  readyState: MediaStreamTrackState = 'live'
  onended = null
  onmute = null
  onunmute = null
  constraints: MediaTrackConstraints = {}
  readonly #deviceId: string

  constructor(kind: 'audio' | 'video', deviceId = '', label = '') {
    super()
    this.kind = kind
    this.label = label
    this.#deviceId = deviceId
  }

  async applyConstraints(constraints: MediaTrackConstraints = {}): Promise<void> {
    this.constraints = constraints
  }
  clone(): FakeTrack {
    return new FakeTrack(this.kind, this.#deviceId, this.label)
  }
  getCapabilities = () => ({})
  getConstraints = () => this.constraints
  getSettings = () => ({ deviceId: this.#deviceId })

  /** One's own doing: tells nobody. */
  stop(): void {
    this.readyState = 'ended'
  }

  /** The device went away. */
  unplug(): void {
    this.readyState = 'ended'
    this.dispatchEvent(new Event('ended'))
  }
}

/** Cameras and microphones that tests plug in and out. Ids and labels are hidden until one was allowed, as in Chromium. */
export class FakeMediaDevices extends EventTarget implements Devices {
  /** The next attempts fail like this. */
  refusal: { name: string } | null = null
  readonly opened: FakeTrack[] = []
  #devices: FakeDevice[]
  #allowed = false
  /** While set, nobody gets an answer. */
  #held: Promise<void> = Promise.resolve()

  constructor(
    devices: FakeDevice[] = [
      mic('m1'),
      mic('m2'),
      cam('c1'),
      { kind: 'audiooutput', deviceId: 's1', label: 'Speaker s1' },
    ],
  ) {
    super()
    this.#devices = devices
  }

  /** Makes answers wait. @returns lets them go */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#held = promise
    return resolve
  }

  plug(device: FakeDevice): void {
    this.#devices = [...this.#devices, device]
    this.dispatchEvent(new Event('devicechange'))
  }

  unplug(deviceId: string): void {
    this.#devices = this.#devices.filter(device => device.deviceId !== deviceId)
    for (const track of this.opened)
      if (track.readyState === 'live' && track.getSettings().deviceId === deviceId) track.unplug()
    this.dispatchEvent(new Event('devicechange'))
  }

  async enumerateDevices(): Promise<MediaDeviceInfo[]> {
    return this.#devices.map(({ kind, deviceId, label }) => {
      const info = { kind, groupId: '', deviceId: this.#allowed ? deviceId : '', label: this.#allowed ? label : '' }
      return { ...info, toJSON: () => info }
    })
  }

  async getUserMedia({ audio, video }: MediaStreamConstraints = {}): Promise<Pick<MediaStream, 'getTracks'>> {
    await this.#held
    if (this.refusal) throw new DOMException('refused', this.refusal.name)
    const [kind, constraints] = audio ? (['audioinput', audio] as const) : (['videoinput', video] as const)
    const wanted = typeof constraints === 'object' ? exactId(constraints) : undefined
    const candidates = this.#devices.filter(device => device.kind === kind)
    const device = wanted ? candidates.find(({ deviceId }) => deviceId === wanted) : candidates[0]
    if (!device) throw new DOMException('no such device', wanted ? 'OverconstrainedError' : 'NotFoundError')
    this.#allowed = true
    const track = new FakeTrack(audio ? 'audio' : 'video', device.deviceId, device.label)
    if (typeof constraints === 'object') track.constraints = constraints
    this.opened.push(track)
    return { getTracks: () => [track] }
  }
}

function exactId({ deviceId }: MediaTrackConstraints): string | undefined {
  const exact = typeof deviceId === 'object' && 'exact' in deviceId ? deviceId.exact : undefined
  return typeof exact === 'string' ? exact : undefined
}

export function mic(deviceId: string): FakeDevice {
  return { kind: 'audioinput', deviceId, label: `Microphone ${deviceId}` }
}

export function cam(deviceId: string): FakeDevice {
  return { kind: 'videoinput', deviceId, label: `Camera ${deviceId}` }
}
