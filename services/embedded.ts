import { openEmbeddedPort } from './embedded-port.ts'
import { EmbeddedServices } from './embedded-services.ts'
import { createLog, LOG_LEVELS } from './shared/log/log.ts'

/** The entry of the app's services process: Electron's `utilityProcess`, or a plain fork of Node in tests. */
const level = LOG_LEVELS.find(known => known === process.env.PARLEY_LOG_LEVEL) ?? 'info'
const services = new EmbeddedServices({
  port: openEmbeddedPort(),
  log: createLog({ level }),
  env: process.env,
  exit: code => process.exit(code),
})
process.on('uncaughtException', error => void services.fail(error))
process.on('SIGTERM', () => services.terminate())
// Ctrl-C in a terminal reaches this process too; the app says whether and when to stop
process.on('SIGINT', () => {})
