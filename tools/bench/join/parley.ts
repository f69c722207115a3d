import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { _electron, type ElectronApplication, type Page } from '@playwright/test'
import { z } from 'zod'
import { SETTLE_MS } from './bare/bare.ts'
import { fakeDevices } from './fake-devices.ts'

const root = resolve(import.meta.dirname, '../../..')

/** Ms from the click on Join to each step; the renderer leaves them as performance marks (`call/join-timeline.ts`). */
const Marks = z.object({
  grant: z.number(),
  opened: z.number(),
  answer: z.number(),
  ice: z.number(),
  dtls: z.number(),
  consumed: z.number(),
  firstFrame: z.number(),
  firstAudio: z.number(),
})
export type ParleyMarks = z.infer<typeof Marks>

/** Joins a meeting that another app hosts, `joins` times, through the real windows. */
export async function measureParley(joins: number): Promise<ParleyMarks[]> {
  const dir = mkdtempSync(join(tmpdir(), 'parley-bench-'))
  const apps: ElectronApplication[] = []
  try {
    const host = await open(dir, 'host', apps)
    const joiner = await open(dir, 'joiner', apps)
    await host.page.getByRole('button', { name: 'New meeting' }).click()
    await joinFromLobby(host.page)
    await host.page.getByRole('button', { name: 'Copy invite link' }).first().click()
    const link = await host.app.evaluate(({ clipboard }) => clipboard.readText())
    const measured: ParleyMarks[] = []
    // the first join warms both sides up, and is not counted
    for (let i = 0; i <= joins; i++) {
      await joiner.page.getByRole('textbox', { name: 'Meeting code or link' }).fill(link)
      await joiner.page.getByRole('button', { name: 'Join', exact: true }).click()
      await joinFromLobby(joiner.page)
      const marks = await readMarks(joiner.page)
      await joiner.page.getByRole('button', { name: 'Leave' }).click()
      await joiner.page.getByRole('button', { name: 'Back to home' }).click()
      await joiner.page.waitForTimeout(SETTLE_MS)
      if (i > 0) measured.push(marks)
    }
    return measured
  } finally {
    await Promise.allSettled(apps.map(app => app.close()))
    rmSync(dir, { recursive: true, force: true })
  }
}

/** @param apps takes it in as soon as it runs, so that somebody closes it whatever comes next */
async function open(
  dir: string,
  profile: string,
  apps: ElectronApplication[],
): Promise<{ app: ElectronApplication; page: Page }> {
  const app = await _electron.launch({
    args: [root, `--user-data-dir=${join(dir, profile)}`, '--lang=en-US', ...fakeDevices(dir)],
  })
  apps.push(app)
  return { app, page: await app.firstWindow() }
}

async function joinFromLobby(page: Page): Promise<void> {
  await page.getByRole('textbox', { name: 'Your name' }).fill('Bench')
  // the preview shows: camera, microphone and codecs are ready, as they are when a person clicks
  await page.locator('video').first().waitFor()
  await page.waitForTimeout(500)
  await page.getByRole('button', { name: 'Join meeting' }).click()
  await page.getByRole('button', { name: 'Leave' }).waitFor()
}

async function readMarks(page: Page): Promise<ParleyMarks> {
  await page.waitForFunction(
    () => ['first-frame', 'first-sample'].every(step => performance.getEntriesByName(`parley:join:${step}`).length > 0),
    undefined,
    { timeout: 15_000 },
  )
  const times = await page.evaluate(() => {
    const at = (step: string) => performance.getEntriesByName(`parley:join:${step}`)[0]?.startTime ?? Number.NaN
    const since = (step: string) => at(step) - at('click')
    return {
      grant: since('grant'),
      opened: since('opened'),
      answer: since('answer'),
      ice: since('ice'),
      dtls: since('dtls'),
      consumed: since('consumed'),
      firstFrame: since('first-frame'),
      firstAudio: since('first-sample'),
    }
  })
  return Marks.parse(times)
}
