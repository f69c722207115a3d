import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, type LaunchOptions, test } from '../fixtures/app.ts'
import { copyInvite, joinMeeting } from '../fixtures/meeting.ts'
import { expectMovingPictures } from '../fixtures/senses.ts'

/** Where the pictures of every screen are left, to be looked at. */
const gallery = join(import.meta.dirname, '../../test-results/screens')

for (const theme of ['light', 'dark'] as const) {
  test(`every screen fits its window and complains of nothing, in ${theme}`, async ({ launch }) => {
    const complaints: string[] = []
    const open = async (options: LaunchOptions = {}) => {
      const app = await launch({ ...options, settings: { theme, language: 'en' } })
      app.page.on('console', message => message.type() === 'error' && complaints.push(message.text()))
      app.page.on('pageerror', error => complaints.push(error.message))
      return app
    }
    const show = (page: Page, name: string) => photograph(page, `${theme}-${name}`)

    const host = await open({ person: 'host' })
    await show(host.page, 'home')
    await host.page.getByRole('button', { name: 'Settings' }).click()
    await expect(host.page.getByRole('dialog')).toBeVisible()
    await show(host.page, 'settings')
    await host.page.keyboard.press('Escape')
    await host.page.getByRole('textbox', { name: 'Meeting code or link' }).fill('hello there, friends')
    await show(host.page, 'home-invalid-invite')

    await host.page.getByRole('button', { name: 'New meeting' }).click()
    await host.page.getByRole('textbox', { name: 'Your name' }).fill('Ada Lovelace')
    await expect(host.page.locator('video')).toBeVisible()
    await show(host.page, 'lobby')
    await host.page.getByRole('button', { name: 'Join meeting' }).click()
    await expect(host.page.getByText('Waiting for others')).toBeVisible()
    await show(host.page, 'call-alone')
    const link = await copyInvite(host)

    const bare = await open()
    await bare.page.getByRole('textbox', { name: 'Meeting code or link' }).fill(link)
    await bare.page.getByRole('button', { name: 'Join', exact: true }).click()
    await expect(bare.page.getByText('No camera found')).toBeVisible()
    await show(bare.page, 'lobby-no-devices')
    await bare.page.getByRole('textbox', { name: 'Your name' }).fill('Alan Turing')
    await bare.page.getByRole('button', { name: 'Join meeting' }).click()

    const guest = await open({ person: 'guest' })
    await joinMeeting(guest, link, 'Grace Hopper')
    await expectMovingPictures(host.page, ['guest'])
    await expect(host.page.getByText('Grace Hopper joined')).toBeHidden({ timeout: 20_000 })
    await show(host.page, 'call')
    await host.page.getByRole('button', { name: 'People' }).click()
    await show(host.page, 'call-people')
    await host.page.getByRole('button', { name: 'People', exact: true }).click()
    await host.page.getByRole('button', { name: 'Leave' }).click()
    await show(host.page, 'call-leave')
    await host.page.keyboard.press('Escape')

    await guest.page.getByRole('button', { name: 'Leave' }).click()
    await expect(guest.page.getByText('You left the meeting')).toBeVisible()
    await show(guest.page, 'ended-left')
    await guest.page.getByRole('button', { name: 'Back to home' }).click()
    await show(guest.page, 'home-recent')
    for (const [name, text, code] of [
      ['failed-unknown', link.replace(/join\/[a-z-]+/, 'join/zzz-zzzz-zzz'), 'meeting-unknown'],
      ['failed-untrusted', link.replace(/pin=.{6}/, 'pin=AAAAAA'), 'server-untrusted'],
    ] as const) {
      await guest.page.getByRole('textbox', { name: 'Meeting code or link' }).fill(text)
      await guest.page.getByRole('button', { name: 'Join', exact: true }).click()
      await expect(guest.page.getByText(`Error code: ${code}`)).toBeVisible()
      await show(guest.page, name)
      await guest.page.getByRole('button', { name: 'Back to home' }).click()
    }
    await host.quit()
    await expect(bare.page.getByText('The host’s app closed')).toBeVisible({ timeout: 15_000 })
    await show(bare.page, 'ended-host-quit')
    expect(complaints).toEqual([])
  })
}

test('every screen speaks Chinese to who wants it', async ({ launch }) => {
  const { page } = await launch({ person: 'host', settings: { theme: 'light', language: 'zh-CN' } })
  await expect(page.getByRole('button', { name: '新会议' })).toBeVisible()
  await photograph(page, 'zh-home')
  await page.getByRole('button', { name: '新会议' }).click()
  await expect(page.locator('video')).toBeVisible({ timeout: 30_000 })
  await photograph(page, 'zh-lobby')
  await page.getByRole('textbox').first().fill('林黛玉')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('toolbar')).toBeVisible()
  await photograph(page, 'zh-call-alone')
})

/** Takes the picture, and proves that nothing sticks out of the window, also when it is small. */
async function photograph(page: Page, name: string): Promise<void> {
  mkdirSync(gallery, { recursive: true })
  // motion has an end
  await page
    .waitForFunction(() => document.getAnimations().every(({ playState }) => playState !== 'running'), undefined, {
      timeout: 3_000,
    })
    .catch(() => {})
  await page.screenshot({ path: join(gallery, `${name}.png`) })
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(overflow, `${name} sticks out sideways`).toBeLessThanOrEqual(0)
}
