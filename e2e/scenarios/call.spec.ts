import type { App } from '../fixtures/app.ts'
import { expect, test } from '../fixtures/app.ts'
import { expectInCall, hostMeeting, joinFromLobby, joinMeeting } from '../fixtures/meeting.ts'
import { expectMovingPictures, expectSilence, expectVoices, remoteVideos } from '../fixtures/senses.ts'

test('three people meet: everyone sees two moving pictures and hears the two right voices', async ({ launch }) => {
  const host = await launch({ person: 'host' })
  const link = await hostMeeting(host, 'Ada Host')
  const guest = await launch({ person: 'guest' })
  await joinMeeting(guest, link, 'Grace Guest')
  await expectMovingPictures(host.page, ['guest'])
  await expectMovingPictures(guest.page, ['host'])

  const third = await launch({ person: 'third' })
  await joinMeeting(third, link, 'Edsger Third')
  await expectMovingPictures(host.page, ['guest', 'third'])
  await expectMovingPictures(guest.page, ['host', 'third'])
  await expectMovingPictures(third.page, ['host', 'guest'])
  await expectVoices(host.page, [guest.speech, third.speech])
  await expectVoices(guest.page, [host.speech, third.speech])
  await expectVoices(third.page, [host.speech, guest.speech])

  await test.step('names are on the tiles and in the list of people', async () => {
    for (const name of ['Ada Host', 'Grace Guest']) await expect(third.page.getByText(name).first()).toBeVisible()
    await third.page.getByRole('button', { name: /^People/ }).click()
    const people = third.page.getByRole('complementary')
    for (const name of ['Ada Host', 'Grace Guest', 'Edsger Third']) await expect(people.getByText(name)).toBeVisible()
  })
})

test('mute, camera, leaving, coming back and the host’s quitting reach the other side', async ({ launch }) => {
  const host = await launch({ person: 'host' })
  const link = await hostMeeting(host, 'Ada')
  const guest = await launch({ person: 'guest' })
  await joinMeeting(guest, link, 'Grace')
  await expectVoices(host.page, [guest.speech])

  await test.step('a muted microphone sends nothing, and shows as muted', async () => {
    await guest.page.getByRole('button', { name: 'Mute', exact: true }).click()
    await expect(tileOf(host, 'Grace').getByRole('img', { name: 'Muted' })).toBeVisible()
    await expectSilence(host.page)
    await guest.page.getByRole('button', { name: 'Unmute', exact: true }).click()
    await expect(tileOf(host, 'Grace').getByRole('img', { name: 'Muted' })).toBeHidden()
    await expectVoices(host.page, [guest.speech])
  })

  await test.step('a stopped camera takes its picture away, and brings it back', async () => {
    await guest.page.getByRole('button', { name: 'Stop camera' }).click()
    await expect(remoteVideos(host.page)).toHaveCount(0)
    await guest.page.getByRole('button', { name: 'Start camera' }).click()
    await expectMovingPictures(host.page, ['guest'])
  })

  await test.step('who leaves is gone for the others, and can come back', async () => {
    await guest.page.getByRole('button', { name: 'Leave' }).click()
    await expect(guest.page.getByText('You left the meeting')).toBeVisible()
    await expect(tileOf(host, 'Grace')).toHaveCount(0)
    await guest.page.getByRole('button', { name: 'Rejoin' }).click()
    await joinFromLobby(guest.page, 'Grace again')
    await expectMovingPictures(guest.page, ['host'])
    await expectMovingPictures(host.page, ['guest'])
    await expectVoices(guest.page, [host.speech])
  })

  await test.step('when the host’s app closes the others are told so', async () => {
    await host.quit()
    await expect(guest.page.getByText('The host’s app closed')).toBeVisible({ timeout: 15_000 })
  })
})

test('the host ends the meeting for everyone, and its link is over', async ({ launch }) => {
  const host = await launch({ person: 'host' })
  const link = await hostMeeting(host, 'Ada')
  const guest = await launch({ person: 'guest' })
  await joinMeeting(guest, link, 'Grace')
  await expectInCall(guest.page)
  await host.page.getByRole('button', { name: 'Leave' }).click()
  await host.page.getByRole('menuitem', { name: /End for everyone/ }).click()
  for (const { page } of [host, guest]) await expect(page.getByText('The host ended the meeting')).toBeVisible()

  await guest.page.getByRole('button', { name: 'Back to home' }).click()
  await guest.page.getByRole('textbox', { name: 'Meeting code or link' }).fill(link)
  await guest.page.getByRole('button', { name: 'Join', exact: true }).click()
  await expect(guest.page.getByText(/has ended|is over/)).toBeVisible()
})

const tileOf = (app: App, name: string) => app.page.getByRole('figure').filter({ hasText: name })
