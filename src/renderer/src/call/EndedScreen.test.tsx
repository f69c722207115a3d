import { cleanup, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { meeting, renderApp } from '../app-suite.tsx'
import { invite } from './fake-desktop.ts'

afterEach(cleanup)

test.each([
  ['left', 'You left the meeting', 'Rejoin', 'retry()'],
  ['host-ended', 'The host ended the meeting', null, null],
  ['host-quit', 'The host’s app closed', 'New meeting', 'newMeeting("Parley meeting")'],
  ['everyone-left', 'The meeting is over', 'New meeting', 'newMeeting("Parley meeting")'],
] as const)('%s: says so and offers what makes sense', async (reason, title, button, action) => {
  const { user, asked } = await renderApp({ phase: 'ended', reason, meeting, invite })
  expect(screen.getByRole('heading', { name: title })).toBeTruthy()
  expect(screen.getAllByRole('button')).toHaveLength(button ? 2 : 1)
  if (button) await user.click(screen.getByRole('button', { name: button }))
  await user.click(screen.getByRole('button', { name: 'Back to home' }))
  expect(asked).toEqual([...(action ? [action] : []), 'goHome()'])
})

test.each([
  [true, 'Preparing your meeting…'],
  [false, 'Looking for the meeting…'],
])('while preparing (hosting: %s) there is a way back', async (hosting, title) => {
  const { user, asked } = await renderApp({ phase: 'preparing', hosting })
  expect(screen.getByRole('heading', { name: title })).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(asked).toEqual(['goHome()'])
})
