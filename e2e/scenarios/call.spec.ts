import { expect, test } from '../fixtures/app.ts'
import { expectInCall, hostMeeting, joinFromLobby, joinMeeting, openInvite } from '../fixtures/meeting.ts'
import { expectMovingPictures, expectVoices, loudness, remoteVideos } from '../fixtures/senses.ts'

test('three people meet: everyone sees two moving pictures and hears two right voices', async ({ launch }) => {
  const host = await launch({ voice: 'host' })
  const link = await hostMeeting(host, 'Ada Host')
  const guest = await launch({ voice: 'guest' })
  await joinMeeting(guest, link, 'Grace Guest')
  await expectMovingPictures(host.page, 1)
  await expectMovingPictures(guest.page, 1)

  const third = await launch({ voice: 'third' })
  await joinMeeting(third, link, 'Edsger Third')
  for (const { page } of [host, guest, third]) await expectMovingPictures(page, 2)
  await expectVoices(host.page, [guest.speech, third.speech])
  await expectVoices(guest.page, [host.speech, third.speech])
  await expectVoices(third.page, [host.speech, guest.speech])
})
