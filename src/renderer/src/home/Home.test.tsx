import { cleanup, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { formatInvite } from '#contracts/invite.ts'
import { renderApp } from '../app-suite.tsx'
import { fakeDesktop, invite } from '../call/fake-desktop.ts'

afterEach(cleanup)

const field = () => screen.getByRole('textbox', { name: 'Meeting code or link' })
const problem = /not a meeting code or Parley link/

test('New meeting starts one that is named after the person', async () => {
  const { user, asked } = await renderApp({ phase: 'idle' }, { settings: { displayName: 'Ada' } })
  await user.click(screen.getByRole('button', { name: 'New meeting' }))
  expect(asked).toEqual(['newMeeting("Ada’s meeting")'])
})

test('a code joins with Enter, however it is typed', async () => {
  const { user, asked } = await renderApp({ phase: 'idle' })
  await user.type(field(), 'KFW qbnd xra')
  expect(screen.queryByText(problem)).toBeNull()
  await user.type(field(), '{Enter}')
  expect(asked).toEqual(['openInvite("KFW qbnd xra")'])
})

test('a link says whose meeting it is and joins with the button', async () => {
  const { user, asked } = await renderApp({ phase: 'idle' })
  await user.click(field())
  await user.paste(formatInvite(invite))
  expect(screen.getByText(`That is an invite to ${invite.code}.`)).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Join' }))
  expect(asked).toEqual([`openInvite(${JSON.stringify(formatInvite(invite))})`])
})

test('what can no longer become an invite is refused while it is typed', async () => {
  const { user, asked } = await renderApp({ phase: 'idle' })
  await user.type(field(), 'https://')
  expect(screen.getByText(problem)).toBeTruthy()
  expect(field().getAttribute('aria-invalid')).toBe('true')
  await user.type(field(), '{Enter}')
  expect(asked).toEqual([])
  await user.clear(field())
  expect(screen.queryByText(problem)).toBeNull()
})

test('half a code is no reproach until the person says it is all', async () => {
  const { user, asked } = await renderApp({ phase: 'idle' })
  await user.type(field(), 'kfw-q')
  expect(screen.queryByText(problem)).toBeNull()
  await user.type(field(), '{Enter}')
  expect(screen.getByText(problem)).toBeTruthy()
  expect(asked).toEqual([])
})

test('Paste takes the invite from the clipboard, or says that none is there', async () => {
  const desktop = fakeDesktop('owner')
  desktop.recents = [{ invite, title: 'Weekly', lastJoinedAtMs: 1, hostedHere: false }]
  const { user } = await renderApp({ phase: 'idle' }, { desktop })
  await user.click(screen.getByRole('button', { name: 'Paste' }))
  expect(screen.getByText('No meeting code or link is on the clipboard.')).toBeTruthy()
  await user.click(await screen.findByRole('button', { name: 'Copy the link of Weekly' }))
  await user.click(screen.getByRole('button', { name: 'Paste' }))
  expect(screen.getByText(`That is an invite to ${invite.code}.`)).toBeTruthy()
})

test('without recent meetings the list says what it is for', async () => {
  await renderApp({ phase: 'idle' })
  expect(await screen.findByText('No meetings yet')).toBeTruthy()
})

test('a recent meeting can be joined again, its link copied, and it can be taken off the list', async () => {
  const desktop = fakeDesktop('owner')
  await desktop.api.recents.add({ invite, title: 'Design review', lastJoinedAtMs: Date.now(), hostedHere: true })
  const { user, asked, copied } = await renderApp({ phase: 'idle' }, { desktop })
  await user.click(await screen.findByRole('button', { name: 'Rejoin Design review' }))
  expect(asked).toEqual([`openRecent(${JSON.stringify(invite)})`])
  await user.click(screen.getByRole('button', { name: 'Copy the link of Design review' }))
  expect(copied).toEqual([formatInvite(invite)])
  expect(await screen.findByText('Invite link copied')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Remove Design review from the list' }))
  expect(screen.getByText('No meetings yet')).toBeTruthy()
})
