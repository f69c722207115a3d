import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { ServerTarget } from '#contracts/invite.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** How commands on this machine find the server that runs in a data folder. */
const RunningServer = z.object({
  /** An address of this machine that it listens on. */
  host: z.string(),
  port: z.number().int(),
  server: ServerTarget,
})
export type RunningServer = z.infer<typeof RunningServer>

const pathIn = (dataDir: string) => join(dataDir, 'running.json')

export const writeRunningServer = (dataDir: string, running: RunningServer) =>
  writePrivateFile(pathIn(dataDir), `${JSON.stringify(running)}\n`)

export const forgetRunningServer = (dataDir: string) => rm(pathIn(dataDir), { force: true })

/** Null if none was started, or it stopped in order; what crashed may still be named. */
export async function readRunningServer(dataDir: string): Promise<RunningServer | null> {
  const text = await readPrivateFile(pathIn(dataDir))
  return text === null ? null : RunningServer.parse(JSON.parse(text))
}
