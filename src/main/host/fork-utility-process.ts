import { utilityProcess } from 'electron'
import type { Log } from '../app/log.ts'
import { servicesEnvironment } from './services-environment.ts'
import type { ForkServices } from './services-process.ts'

/** Forks the services' bundle as a utility process of Electron. @param write takes what it prints */
export function createFork(entry: string, write: (output: Uint8Array) => void, log: Log): ForkServices {
  return () => {
    const child = utilityProcess.fork(entry, [], {
      serviceName: 'Parley services',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: servicesEnvironment(process.env),
    })
    child.stdout?.on('data', write)
    child.stderr?.on('data', write)
    let running = true
    child.on('exit', () => {
      running = false
    })
    child.on('error', (type, location) => log.error('services crashed inside of V8', { type, location }))
    return {
      send: message => running && child.postMessage(message),
      onMessage: listener => void child.on('message', listener),
      onExit: listener => void child.on('exit', listener),
      kill: () => {
        // its own kill() asks with SIGTERM, which a process that hangs never hears
        if (!running) return
        if (child.pid === undefined) child.kill()
        else process.kill(child.pid, 'SIGKILL')
      },
    }
  }
}
