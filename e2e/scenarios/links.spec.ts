import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Page } from '@playwright/test'
import { type App, expect, test } from '../fixtures/app.ts'
import { hostMeeting, openInvite } from '../fixtures/meeting.ts'

test('a link leads into the lobby: given at the start, given to a second start, or by its code alone', async ({
  launch,
}) => {
  const host = await launch({ person: 'host' })
  const link = await hostMeeting(host, 'Ada')

  const guest = await test.step('an app that is started with a link opens the lobby of its meeting', async () => {
    const guest = await launch({ args: [link] })
    await expectLobby(guest.page)
    return guest
  })

  await test.step('a second start with the same profile hands its link over and ends', async () => {
    await guest.page.getByRole('button', { name: 'Back' }).click()
    await expect(guest.page.getByRole('button', { name: 'New meeting' })).toBeVisible()
    expect(await startAgain(guest, link)).toBe(0)
    await expectLobby(guest.page)
    expect(guest.electron.windows()).toHaveLength(1)
  })

  await test.step('the bare code is enough on the same network', async () => {
    const stranger = await launch()
    await openInvite(stranger.page, codeOf(link))
    await expectLobby(stranger.page)
  })
})

/** Of a meeting with its host in it. */
async function expectLobby(page: Page): Promise<void> {
  await expect(page.getByRole('textbox', { name: 'Your name' })).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('1 person is in the meeting')).toBeVisible()
}

const codeOf = (link: string) => new URL(link).pathname.slice(1)

/** What the system does when somebody clicks a link while the app runs. @returns the exit code of the second start */
async function startAgain({ electron, profile }: App, link: string): Promise<number | null> {
  const [program, appPath] = await electron.evaluate(({ app }) => [app.getPath('exe'), app.getAppPath()] as const)
  const noSandbox = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  const second = spawn(program, [...noSandbox, `--user-data-dir=${profile}`, appPath, link], { stdio: 'ignore' })
  const [code] = await once(second, 'exit', { signal: AbortSignal.timeout(30_000) })
  return code
}
