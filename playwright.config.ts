import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: 'e2e/scenarios',
  outputDir: 'test-results',
  globalSetup: './tools/display.mjs',
  workers: 1, // every test owns its apps, their ports and their fake devices
  retries: 0,
  timeout: 240_000,
  reporter: 'list',
  use: { trace: 'off' },
})
