import { act, cleanup, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { formatInvite } from '#contracts/invite.ts'
import { livePhase, renderApp } from './app-suite.tsx'
import { invite } from './call/fake-desktop.ts'

afterEach(cleanup)

const link = formatInvite(invite)
const opened = `openInvite(${JSON.stringify(link)})`

test('a link opens its meeting at once when nothing is going on', async () => {
  const { openLink, asked } = await renderApp({ phase: 'idle' })
  act(() => openLink(link))
  expect(asked).toEqual([opened])
})

test('in a meeting the person is asked first, and may stay', async () => {
  const { user, openLink, asked } = await renderApp(livePhase(['Grace']))
  act(() => openLink(link))
  await user.click(screen.getByRole('button', { name: 'Stay here' }))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(asked).toEqual([])
})

test('or leave it for the other one', async () => {
  const { user, openLink, asked } = await renderApp(livePhase(['Grace']))
  act(() => openLink(link))
  await user.click(screen.getByRole('button', { name: 'Leave and join' }))
  expect(asked).toEqual(['leave()', opened])
})
