import { cleanup, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { renderApp } from '../app-suite.tsx'

afterEach(cleanup)

async function openSettings() {
  const app = await renderApp({ phase: 'idle' })
  await app.user.click(screen.getByRole('button', { name: 'Settings' }))
  return app
}

test('the theme changes at once', async () => {
  const { user } = await openSettings()
  await user.click(screen.getByRole('radio', { name: 'Dark' }))
  expect(document.documentElement.dataset.theme).toBe('dark')
  await user.click(screen.getByRole('radio', { name: 'Light' }))
  expect(document.documentElement.dataset.theme).toBe('light')
})

test('the language changes at once, and back', async () => {
  const { user } = await openSettings()
  await user.selectOptions(screen.getByRole('combobox', { name: 'Language' }), 'zh-CN')
  expect(await screen.findByRole('heading', { name: '设置' })).toBeTruthy()
  expect(document.documentElement.lang).toBe('zh-CN')
  await user.selectOptions(screen.getByRole('combobox', { name: '语言' }), 'en')
  expect(await screen.findByRole('heading', { name: 'Settings' })).toBeTruthy()
})

test('what is set stays set when the dialog is opened again', async () => {
  const { user, localMedia } = await openSettings()
  await user.type(screen.getByRole('textbox', { name: 'Your name' }), 'Ada')
  await user.click(screen.getByRole('switch', { name: 'Join with the microphone muted' }))
  await user.click(screen.getByRole('radio', { name: 'Economy' }))
  expect(localMedia.store.getState().videoQuality).toBe('economy')
  await user.click(screen.getByRole('button', { name: 'Close' }))
  expect(screen.queryByRole('dialog')).toBeNull()
  await user.click(screen.getByRole('button', { name: 'Settings' }))
  expect(screen.getByRole('textbox', { name: 'Your name' })).toHaveProperty('value', 'Ada')
  expect(screen.getByRole('switch', { name: 'Join with the microphone muted' })).toHaveProperty('checked', true)
  expect(screen.getByRole('radio', { name: 'Economy' })).toHaveProperty('checked', true)
})

test('it says which version this is', async () => {
  await openSettings()
  expect(screen.getByText('Version 1.2.3')).toBeTruthy()
})
