import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { _electron, type ElectronApplication } from '@playwright/test'
import { build } from 'vite'
import { z } from 'zod'
import { fakeDevices } from '../fake-devices.ts'
import type { BareMarks } from './page.ts'

/**
 * Between joins, on both sides. Chromium's sender ignores a key frame request that comes within 300 ms of the one before
 * (libwebrtc's EncoderRtcpFeedback), and mediasoup asks again only a second later: without a pause that would be measured.
 */
export const SETTLE_MS = 1_000

const Ready = z.object({ url: z.string() })

/** Joins a bare loop `joins` times while one other client publishes. */
export async function measureBare(joins: number): Promise<BareMarks[]> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bare-'))
  const apps: ElectronApplication[] = []
  let server: ChildProcess | undefined
  try {
    await build({
      configFile: false,
      root: import.meta.dirname,
      base: './',
      logLevel: 'error',
      build: { outDir: join(dir, 'page'), rolldownOptions: { input: join(import.meta.dirname, 'page.html') } },
    })
    server = fork(join(import.meta.dirname, 'server.ts'))
    const { url } = Ready.parse((await once(server, 'message'))[0])
    const open = async (profile: string) => {
      const app = await _electron.launch({
        args: [
          join(import.meta.dirname, 'electron-main.mjs'),
          `--user-data-dir=${join(dir, profile)}`,
          '--use-fake-ui-for-media-stream',
          ...fakeDevices(dir),
        ],
        env: { ...inherited(), BARE_PAGE: join(dir, 'page', 'page.html') },
      })
      apps.push(app)
      return { app, page: await app.firstWindow() }
    }
    const publisher = await open('publisher')
    const joiner = await open('joiner')
    await publisher.page.evaluate(async url => {
      await window.bare.prepare(url)
      await window.bare.join()
    }, url)
    const measured: BareMarks[] = []
    // the first join warms both sides up, as the lobby of a second meeting would be
    for (let i = 0; i <= joins; i++) {
      await joiner.page.evaluate(url => window.bare.prepare(url), url)
      const marks = await within(
        15_000,
        joiner.page.evaluate(() => window.bare.join()),
      )
      await joiner.page.evaluate(() => window.bare.leave())
      await joiner.page.waitForTimeout(SETTLE_MS)
      if (i > 0) measured.push(marks)
    }
    return measured
  } finally {
    await Promise.allSettled(apps.map(app => app.close()))
    if (server?.connected) server.disconnect()
    rmSync(dir, { recursive: true, force: true })
  }
}

/** @throws {Error} when it takes longer: a bench that waits for ever measures nothing */
async function within<T>(ms: number, measured: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error(`the bare loop did not join within ${ms} ms`)), ms)
  return Promise.race([measured, late.promise]).finally(() => clearTimeout(timer))
}

const inherited = () =>
  Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined))
