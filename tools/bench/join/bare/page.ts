import type { types } from 'mediasoup-client'
import { Device } from 'mediasoup-client'

/**
 * What a call between two people needs at the least: each shows itself, publishes, and consumes the other. The encodings are
 * the app's, so that both sides of the bench code and decode the same pictures.
 */
export interface BarePage {
  /** Everything that the app has done by the time its lobby shows: camera, microphone, socket, codecs. */
  prepare(url: string): Promise<void>
  /** Joins, publishes and receives. Resolves with ms from the call to each mark. */
  join(): Promise<BareMarks>
  leave(): void
}
export type BareMarks = {
  signaling: number
  transport: number
  firstFrame: number
  firstAudio: number
}
declare global {
  interface Window {
    bare: BarePage
  }
}

interface Joined {
  send: types.TransportOptions
  recv: types.TransportOptions
  producers: string[]
}

let socket: WebSocket
let device: Device
let local: MediaStream
let transports: types.Transport[] = []
/** What to do with the streams of who comes later. */
let onStarted: (producerId: string) => Promise<unknown> = async () => {}
const audioContext = new AudioContext()
const waiting = new Map<number, (data: never) => void>()
let requests = 0

function request<T>(method: string, data: object = {}): Promise<T> {
  const id = ++requests
  return new Promise<T>(resolve => {
    waiting.set(id, resolve)
    socket.send(JSON.stringify({ id, method, data }))
  })
}

async function connect(url: string) {
  socket = new WebSocket(url)
  socket.onmessage = ({ data }) => {
    const { id, data: reply, started } = JSON.parse(data)
    if (started) void onStarted(started)
    waiting.get(id)?.(reply as never)
    waiting.delete(id)
  }
  await new Promise(resolve => {
    socket.onopen = resolve
  })
}

async function firstFrame(track: MediaStreamTrack | undefined): Promise<void> {
  const video = document.querySelector<HTMLVideoElement>('#remote')
  if (!video || !track) return
  video.srcObject = new MediaStream([track])
  return new Promise(resolve => video.requestVideoFrameCallback(() => resolve()))
}

async function firstAudio(track: MediaStreamTrack | undefined): Promise<void> {
  const audio = document.querySelector<HTMLAudioElement>('#voice')
  if (!audio || !track) return
  const stream = new MediaStream([track])
  audio.srcObject = stream
  const analyser = audioContext.createAnalyser()
  audioContext.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  return new Promise(resolve => {
    const poll = setInterval(() => {
      analyser.getFloatTimeDomainData(samples)
      if (!samples.some(sample => Math.abs(sample) > 1e-4)) return
      clearInterval(poll)
      resolve()
    }, 5)
  })
}

window.bare = {
  async prepare(url) {
    local ??= await navigator.mediaDevices.getUserMedia({
      audio: true,
      video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
    })
    const preview = document.querySelector<HTMLVideoElement>('#local')
    if (preview) preview.srcObject = new MediaStream(local.getVideoTracks())
    await audioContext.resume()
    await connect(url)
    device = new Device()
    await device.load({ routerRtpCapabilities: await request('capabilities') })
  },

  async join() {
    const start = performance.now()
    const since = () => performance.now() - start
    const joined = await request<Joined>('join')
    const signaling = since()
    const send = device.createSendTransport(joined.send)
    const recv = device.createRecvTransport(joined.recv)
    transports = [send, recv]
    for (const transport of transports) {
      transport.on('connect', ({ dtlsParameters }, done) => {
        void request('connect', { id: transport.id, dtlsParameters }).then(done)
      })
    }
    send.on('produce', ({ kind, rtpParameters }, done) => {
      void request<string>('produce', { id: send.id, kind, rtpParameters }).then(id => done({ id }))
    })
    const connected = new Promise<number>(resolve => {
      recv.on('connectionstatechange', state => state === 'connected' && resolve(since()))
    })
    const publish = async () => {
      const [mic, cam] = [local.getAudioTracks()[0], local.getVideoTracks()[0]]
      if (!mic || !cam) throw new Error('no fake devices')
      await Promise.all([
        send.produce({ track: mic, stopTracks: false, codecOptions: { opusDtx: true, opusFec: true } }),
        send.produce({
          track: cam,
          stopTracks: false,
          encodings: [
            { scaleResolutionDownBy: 4, maxBitrate: 150_000 },
            { scaleResolutionDownBy: 2, maxBitrate: 500_000 },
            { scaleResolutionDownBy: 1, maxBitrate: 1_700_000 },
          ],
        }),
      ])
    }
    const consume = async (producerIds: string[]) => {
      const options = await request<types.ConsumerOptions[]>('consume', {
        id: recv.id,
        producerIds,
        rtpCapabilities: device.recvRtpCapabilities,
      })
      const consumers = await Promise.all(options.map(option => recv.consume(option)))
      void request('resume', { consumerIds: consumers.map(({ id }) => id) })
      return (kind: string) => consumers.find(consumer => consumer.kind === kind)?.track
    }
    onStarted = async producerId => {
      const track = await consume([producerId])
      await Promise.all([firstFrame(track('video')), firstAudio(track('audio'))])
    }
    const receive = async (): Promise<BareMarks | undefined> => {
      if (joined.producers.length === 0) return undefined
      const track = await consume(joined.producers)
      const [frame, sound, transport] = await Promise.all([
        firstFrame(track('video')).then(since),
        firstAudio(track('audio')).then(since),
        connected,
      ])
      return { signaling, transport, firstFrame: frame, firstAudio: sound }
    }
    const [marks] = await Promise.all([receive(), publish()])
    return marks ?? { signaling, transport: 0, firstFrame: 0, firstAudio: 0 }
  },

  leave() {
    for (const transport of transports) transport.close()
    transports = []
    socket.close()
  },
}
