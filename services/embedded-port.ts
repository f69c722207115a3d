/** The way to the process that started this one, whichever kind that is. */
export interface EmbeddedPort {
  onMessage(listener: (message: unknown) => void): void
  /** The other side is gone. */
  onClose(listener: () => void): void
  /** Resolves once the message is on its way, so that exiting does not lose it. */
  send(message: object): Promise<void>
}

/** What Electron's utility process puts on `process`; declared here, because services know no Electron. */
interface ParentPort {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown
  on(event: 'close', listener: () => void): unknown
  postMessage(message: unknown): void
}

/** Electron's port has no callback: what was posted leaves within a few turns of the event loop. */
const POST_GRACE_MS = 50

/** @throws {Error} when nobody started this process who could talk to it */
export function openEmbeddedPort(): EmbeddedPort {
  if ('parentPort' in process && isParentPort(process.parentPort)) return toUtilityPort(process.parentPort)
  if (process.send) return ipcPort
  throw new Error('This is started by the Parley app. For a server alone, run "npm run server".')
}

function isParentPort(value: unknown): value is ParentPort {
  return typeof value === 'object' && value !== null && 'postMessage' in value && 'on' in value
}

const toUtilityPort = (port: ParentPort): EmbeddedPort => ({
  onMessage: listener => void port.on('message', ({ data }) => listener(data)),
  onClose: listener => void port.on('close', listener),
  async send(message) {
    port.postMessage(message)
    await new Promise(resolve => setTimeout(resolve, POST_GRACE_MS))
  },
})

/** Node's own channel of a forked child; tests use it. */
const ipcPort: EmbeddedPort = {
  onMessage: listener => void process.on('message', listener),
  onClose: listener => void process.on('disconnect', listener),
  send: message => new Promise(resolve => process.send?.(message, undefined, {}, () => resolve()) ?? resolve()),
}
