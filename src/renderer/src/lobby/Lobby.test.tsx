import { act, cleanup, screen, waitFor } from '@testing-library/react'
import { afterEach, describe, expect, test } from 'vitest'
import { meeting, type RenderOptions, renderApp } from '../app-suite.tsx'
import type { CallState } from '../call/call-state.ts'
import { invite } from '../call/fake-desktop.ts'
import { en } from '../i18n/en.ts'
import { FakeMediaDevices } from '../media/fake-media-devices.ts'
import type { CaptureFailure, LocalMediaState } from '../media/local-media-state.ts'

afterEach(cleanup)

const lobby = (hosting = false): CallState => ({ phase: 'lobby', invite, meeting, hosting })
const name = () => screen.getByRole('textbox', { name: 'Your name' })
/** The lobby after it has tried the devices of a machine that has none, with its devices then as given. */
async function lobbyWith(media: Partial<LocalMediaState>, options: RenderOptions = {}) {
  const app = await renderApp(lobby(), options)
  const { store } = app.localMedia
  await waitFor(() => expect([store.getState().mic.state, store.getState().cam.state]).toEqual(['failed', 'failed']))
  act(() => store.setState({ mic: { state: 'off' }, cam: { state: 'off' }, ...media }))
  return app
}

function slowDevices(): FakeMediaDevices {
  const devices = new FakeMediaDevices()
  devices.hold()
  return devices
}

const failures: CaptureFailure[] = ['denied', 'missing', 'busy', 'unplugged', 'failed']

test('Enter in the name field joins under that name, without the spaces around it', async () => {
  const { user, asked } = await renderApp(lobby())
  await user.type(name(), '  Ada {Enter}')
  expect(asked).toEqual(['join("Ada")'])
})

test('the name of last time is there, and joining without one is explained', async () => {
  const { user, asked } = await renderApp(lobby(), { settings: { displayName: 'Grace' } })
  expect(name()).toHaveProperty('value', 'Grace')
  await user.clear(name())
  await user.click(screen.getByRole('button', { name: 'Join meeting' }))
  expect(asked).toEqual([])
  expect(screen.getByText('Enter a name so that others know who you are.')).toBeTruthy()
})

test('the lobby tells who is there, and a host copies the invite', async () => {
  const { user, copied } = await renderApp(lobby(true))
  expect(screen.getByText('2 people are in the meeting')).toBeTruthy()
  await user.click(screen.getByRole('button', { name: 'Copy invite link' }))
  expect(copied).toHaveLength(1)
})

test('a microphone that is still being opened can be muted beforehand', async () => {
  const { user, localMedia } = await renderApp(lobby(), { devices: slowDevices() })
  await user.click(screen.getByRole('button', { name: 'Mute microphone' }))
  expect(localMedia.store.getState()).toMatchObject({ mic: { state: 'starting' }, micMuted: true })
  await user.click(screen.getByRole('button', { name: 'Unmute microphone' }))
  expect(localMedia.store.getState()).toMatchObject({ mic: { state: 'starting' }, micMuted: false })
})

test('Ctrl+D and Ctrl+E do what the buttons say', async () => {
  const { user, localMedia } = await renderApp(lobby(), { devices: slowDevices() })
  const { store } = localMedia
  expect(store.getState().cam.state).toBe('starting')
  await user.keyboard('{Control>}d{/Control}')
  expect(store.getState().micMuted).toBe(true)
  await user.keyboard('{Control>}e{/Control}')
  expect(store.getState().cam.state).toBe('off')
})

test('while joining, the button waits and there is a way back', async () => {
  const { user, asked } = await renderApp({ phase: 'joining', invite, meeting, hosting: false })
  await user.click(screen.getByRole('button', { name: 'Joining…' }))
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(asked).toEqual(['goHome()'])
})

describe.each(['cam', 'mic'] as const)('a %s that fails', device => {
  test.each(failures)('because it is %s says so, offers another try, and joining stays possible', async failure => {
    const options = { settings: { displayName: 'Ada' } }
    const { user, asked } = await lobbyWith({ [device]: { state: 'failed', failure } }, options)
    const words = en.devices[device][failure]
    expect(screen.getByText(words.title)).toBeTruthy()
    expect(screen.getByText(words.text)).toBeTruthy()
    await user.click(screen.getByRole('button', { name: 'Join meeting' }))
    expect(asked).toEqual(['join("Ada")'])
    await user.click(screen.getByRole('button', { name: 'Try again' }))
    // there is no device on this machine, so the other try finds that out
    expect(await screen.findByText(en.devices[device].missing.title)).toBeTruthy()
  })

  test('has words of its own for each reason', () => {
    expect(new Set(failures.map(failure => en.devices[device][failure].title)).size).toBe(failures.length)
  })
})

test('where the system has privacy settings, a denied camera leads there', async () => {
  const { user, privacyOpened } = await lobbyWith(
    { cam: { state: 'failed', failure: 'denied' } },
    { platform: 'darwin' },
  )
  await user.click(screen.getByRole('button', { name: 'Open privacy settings' }))
  expect(privacyOpened).toEqual(['camera'])
})

test('where it has none, nothing pretends so', async () => {
  await lobbyWith({ cam: { state: 'failed', failure: 'denied' } }, { platform: 'linux' })
  expect(screen.queryByRole('button', { name: 'Open privacy settings' })).toBeNull()
})
