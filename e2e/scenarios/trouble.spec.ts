import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from '../fixtures/app.ts'
import { expectInCall, hostMeeting, joinFromLobby, openInvite } from '../fixtures/meeting.ts'
import { expectMovingPictures } from '../fixtures/senses.ts'

test('what is no invite is said at the field, before anything is tried', async ({ launch }) => {
  const { page } = await launch()
  await page.getByRole('textbox', { name: 'Meeting code or link' }).fill('not an invite at all')
  await page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(page.getByText(/This is not a meeting code/)).toBeVisible()
})

test('a wrong code, a wrong certificate and a dead host each say so, with a way forward', async ({ launch }) => {
  const host = await launch({ person: 'host' })
  const link = await hostMeeting(host, 'Ada')
  const { page } = await launch({ person: 'guest' })
  const home = page.getByRole('button', { name: 'Back to home' })

  await test.step('a code that no meeting has', async () => {
    await openInvite(page, link.replace(/join\/[a-z-]+/, 'join/zzz-zzzz-zzz'))
    await expect(page.getByText('Error code: meeting-unknown')).toBeVisible()
    await home.click()
  })

  await test.step('a certificate that is not the invite’s: nothing is sent, nothing can be clicked away', async () => {
    await openInvite(page, link.replace(/pin=.{6}/, 'pin=AAAAAA'))
    await expect(page.getByText('Error code: server-untrusted')).toBeVisible()
    await expect(page.getByRole('button', { name: /proceed|continue|accept|anyway/i })).toHaveCount(0)
    await home.click()
  })

  await test.step('a host that is not there', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' ? address?.port : undefined
    taken.close()
    await openInvite(page, link.replace(/at=[^&]+/, `at=127.0.0.1:${port}`))
    await expect(page.getByText('Error code: server-unreachable')).toBeVisible({ timeout: 15_000 })
  })

  await test.step('after which the right link still works', async () => {
    await home.click()
    await openInvite(page, link)
    await joinFromLobby(page, 'Grace')
    await expectMovingPictures(page, ['host'])
  })
})

test('without camera and microphone a person is told, and can still join and see the others', async ({ launch }) => {
  const host = await launch({ person: 'host' })
  const link = await hostMeeting(host, 'Ada')
  const { page } = await launch()
  await openInvite(page, link)
  await expect(page.getByText('No camera found')).toBeVisible()
  await expect(page.getByText('No microphone found')).toBeVisible()
  await joinFromLobby(page, 'Grace')
  await expectMovingPictures(page, ['host'])
})

test('a refused camera and microphone are explained, and trying again works once they are allowed', async ({
  launch,
}) => {
  const { electron, page } = await launch({ person: 'host' })
  await electron.evaluate(({ session }) => {
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false))
  })
  await page.getByRole('button', { name: 'New meeting' }).click()
  await expect(page.getByText('Parley may not use your camera')).toBeVisible({ timeout: 30_000 })
  await expect(page.getByText('Parley may not use your microphone')).toBeVisible()
  await electron.evaluate(({ session }) => {
    session.defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(true))
  })
  await page.getByRole('button', { name: 'Try again' }).first().click()
  await expect(page.locator('video')).toBeVisible()
})

test('a camera that is unplugged in a call is told, and comes back', async ({ launch }) => {
  const host = await launch({ person: 'host' })
  await hostMeeting(host, 'Ada')
  // what Chromium does to a track whose device is gone
  await host.page.locator('video[data-self]').evaluate(element => {
    const [track] = ((element as HTMLVideoElement).srcObject as MediaStream).getVideoTracks()
    track?.dispatchEvent(new Event('ended'))
  })
  await expect(host.page.getByText('Your camera was unplugged')).toBeVisible()
  await expectInCall(host.page)
  await host.page
    .getByRole('button', { name: /Try again|Start camera/ })
    .first()
    .click()
  await expect(host.page.locator('video[data-self]')).toBeVisible()
})

test('services that are killed start again, and the call mends itself', async ({ launch }) => {
  const host = await launch({ person: 'host' })
  const link = await hostMeeting(host, 'Ada')
  const guest = await launch({ person: 'guest' })
  await openInvite(guest.page, link)
  await joinFromLobby(guest.page, 'Grace')
  await expectMovingPictures(guest.page, ['host'])
  await host.electron.evaluate(({ app }) => {
    for (const { type, name, pid } of app.getAppMetrics()) {
      if (type === 'Utility' && /parley|services/i.test(name ?? '')) process.kill(pid, 'SIGKILL')
    }
  })
  await expect(guest.page.getByText(/Reconnecting/)).toBeVisible()
  await expect(guest.page.getByText(/Reconnecting/)).toBeHidden({ timeout: 30_000 })
  await expectMovingPictures(guest.page, ['host'])
  await expectMovingPictures(host.page, ['guest'])
})
