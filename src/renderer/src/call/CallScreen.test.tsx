import { act, cleanup, screen, within } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { livePhase, meeting, renderApp } from '../app-suite.tsx'
import { FakeMediaDevices } from '../media/fake-media-devices.ts'
import { invite } from './fake-desktop.ts'

afterEach(cleanup)

const people = () => screen.queryByRole('complementary', { name: 'People' })

test('Ctrl+D mutes and unmutes, and says so', async () => {
  const { user, localMedia } = await renderApp(livePhase(), { devices: new FakeMediaDevices() })
  await act(() => localMedia.actions.startMic())
  expect(screen.getByText('Others can hear you')).toBeTruthy()
  await user.keyboard('{Control>}d{/Control}')
  expect(localMedia.store.getState().micMuted).toBe(true)
  expect(screen.getByRole('button', { name: 'Unmute' })).toBeTruthy()
  expect(screen.getByText('You are muted')).toBeTruthy()
  await user.keyboard('{Control>}d{/Control}')
  expect(localMedia.store.getState().micMuted).toBe(false)
})

test('Ctrl+E starts and stops the camera', async () => {
  const { user, localMedia } = await renderApp(livePhase(), { devices: new FakeMediaDevices() })
  await user.keyboard('{Control>}e{/Control}')
  expect(await screen.findByRole('button', { name: 'Stop camera' })).toBeTruthy()
  await user.keyboard('{Control>}e{/Control}')
  expect(localMedia.store.getState().cam.state).toBe('off')
})

test('Ctrl+Shift+P shows who is here, and Escape puts the list away', async () => {
  const { user } = await renderApp(livePhase(['Grace', 'Edsger'], 'host'))
  await user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}')
  const list = people()
  expect(
    list &&
      within(list)
        .getAllByRole('listitem')
        .map(row => row.textContent),
  ).toEqual(['AAda (you)Host', 'GGrace', 'EEdsger'])
  await user.keyboard('{Escape}')
  expect(people()).toBeNull()
})

test('a long list of people can be searched', async () => {
  const { user } = await renderApp(livePhase(Array.from({ length: 12 }, (_, i) => `Guest ${i + 1}`)))
  await user.click(screen.getByRole('button', { name: 'People' }))
  await user.type(screen.getByRole('searchbox', { name: 'Search people' }), 'guest 12')
  const list = people()
  expect(list && within(list).getAllByRole('listitem')).toHaveLength(1)
  await user.type(screen.getByRole('searchbox'), 'x')
  expect(screen.getByText('Nobody of that name is here.')).toBeTruthy()
})

test('Ctrl+Shift+D shows how the join went', async () => {
  const { user, timeline } = await renderApp(livePhase())
  timeline.start()
  timeline.mark('opened')
  await user.keyboard('{Control>}{Shift>}d{/Shift}{/Control}')
  const overlay = screen.getByRole('complementary', { name: 'Statistics' })
  expect(
    within(overlay)
      .getAllByRole('term')
      .map(({ textContent }) => textContent),
  ).toEqual(['click', 'opened'])
})

test('shortcuts rest while a dialog is open', async () => {
  const { user } = await renderApp(livePhase())
  await user.click(screen.getByRole('button', { name: 'Settings' }))
  await user.keyboard('{Control>}{Shift>}p{/Shift}{/Control}')
  expect(people()).toBeNull()
})

test('people who come and go are announced; those who were there before are not', async () => {
  const { state } = await renderApp(livePhase(['Grace']))
  expect(screen.queryByText('Grace joined')).toBeNull()
  act(() => state.setState(livePhase(['Grace', 'Edsger']), true))
  expect(screen.getByText('Edsger joined')).toBeTruthy()
  act(() => state.setState(livePhase(['Edsger']), true))
  expect(screen.getByText('Grace left')).toBeTruthy()
})

test('who came and went is no news any more once the call is over', async () => {
  const { state } = await renderApp(livePhase(['Grace']))
  act(() => state.setState(livePhase(['Edsger']), true))
  expect(screen.getByText('Grace left')).toBeTruthy()
  act(() => state.setState({ phase: 'ended', reason: 'host-ended', meeting, invite }, true))
  expect(screen.queryByText(/Grace|Edsger/)).toBeNull()
})

test('a broken connection is told, and no longer once it is mended', async () => {
  const { state } = await renderApp({
    ...livePhase(['Grace']),
    connection: { state: 'reconnecting', sinceMs: performance.now() },
  })
  expect(screen.getByText(/Reconnecting…/)).toBeTruthy()
  act(() => state.setState(livePhase(['Grace']), true))
  expect(screen.queryByText(/Reconnecting…/)).toBeNull()
})

test('a participant leaves with one click', async () => {
  const { user, asked } = await renderApp(livePhase(['Grace']))
  await user.click(screen.getByRole('button', { name: 'Leave' }))
  expect(asked).toEqual(['leave()'])
})

test('a host chooses whether the meeting goes on', async () => {
  const { user, asked } = await renderApp(livePhase(['Grace'], 'host'))
  await user.click(screen.getByRole('button', { name: 'Leave' }))
  await user.click(await screen.findByRole('menuitem', { name: /End for everyone/ }))
  expect(asked).toEqual(['endForAll()'])
})

test('a host is told when the meeting could not be ended', async () => {
  const { user } = await renderApp(livePhase(['Grace'], 'host'), { ends: false })
  await user.click(screen.getByRole('button', { name: 'Leave' }))
  await user.click(await screen.findByRole('menuitem', { name: /End for everyone/ }))
  expect(await screen.findByText(/The meeting goes on/)).toBeTruthy()
})

test('a camera that is unplugged during the call is told about', async () => {
  const { localMedia } = await renderApp(livePhase(['Grace']))
  act(() => localMedia.store.setState({ cam: { state: 'failed', failure: 'unplugged' } }))
  expect(screen.getByText('Your camera was unplugged')).toBeTruthy()
})
