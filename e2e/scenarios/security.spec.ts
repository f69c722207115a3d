import type { ElectronApplication } from '@playwright/test'
import { desktopCalls } from '#contracts/ipc/channels.ts'
import { expect, test } from '../fixtures/app.ts'

const contracts = Object.entries(desktopCalls).flatMap(([api, calls]) =>
  Object.entries(calls).map(([name, { request }]) => ({ channel: `${api}:${name}`, request })),
)
const channels = contracts.map(({ channel }) => channel)
/** Calls without a request: the preload passes nothing on, whatever the page gives. */
const withRequest = contracts
  .filter(({ request }) => !request.safeParse(undefined).success)
  .map(({ channel }) => channel)

test('the window is sandboxed, isolated and has no network, no Node and no second window', async ({ launch }) => {
  const { electron, page } = await launch()
  expect(page.url()).toMatch(/^app:\/\/parley\//)

  const preferences = await electron.evaluate(({ BrowserWindow }) => {
    const contents = BrowserWindow.getAllWindows()[0]?.webContents
    // not in the type definitions, but what Electron really applies
    if (!contents) throw new Error('there is no window')
    const preferences: Electron.WebPreferences = Reflect.get(contents, 'getLastWebPreferences').call(contents)
    return preferences
  })
  expect(preferences).toMatchObject({
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    webSecurity: true,
    webviewTag: false,
  })

  const globals = await page.evaluate(() => ['require', 'process', 'module', 'Buffer'].filter(name => name in window))
  expect(globals).toEqual([])

  await test.step('what the policy forbids does not run and does not leave', async () => {
    const violations = await page.evaluate(async () => {
      const seen: string[] = []
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => seen.push(effectiveDirective))
      const script = document.createElement('script')
      script.textContent = 'window.injected = true'
      document.body.append(script)
      await fetch('https://127.0.0.1:9/').catch(() => {})
      try {
        new WebSocket('wss://127.0.0.1:9/')
      } catch {}
      const image = new Image()
      image.src = 'https://127.0.0.1:9/pixel.png'
      await new Promise(resolve => {
        image.onerror = resolve
      })
      return { seen, injected: 'injected' in window }
    })
    expect(violations.injected).toBe(false)
    expect(violations.seen).toEqual(
      expect.arrayContaining([expect.stringMatching(/^script-src/), 'connect-src', 'img-src']),
    )
  })

  await test.step('navigation and new windows are denied', async () => {
    const before = page.url()
    const heldBack = mainSays(electron, 'page held back', 'navigation')
    await page.evaluate(() => {
      window.location.href = 'https://127.0.0.1:9/'
    })
    // one that was let through would take a while to show in the URL
    await heldBack
    expect(await page.evaluate(() => window.open('https://127.0.0.1:9/'))).toBeNull()
    expect(page.url()).toBe(before)
    expect(electron.windows()).toHaveLength(1)
  })

  await test.step('files outside of the renderer’s folder are not served', async () => {
    for (const path of ['../main/index.js', '%2e%2e/main/index.js', '..%2f..%2fpackage.json', '/etc/passwd']) {
      const status = await page.evaluate(
        path =>
          fetch(`app://parley/${path}`).then(
            ({ status }) => status,
            () => 0,
          ),
        path,
      )
      expect([0, 400, 403, 404]).toContain(status)
    }
  })
})

/** Waits for a line of main's log that holds all of `parts`. */
function mainSays(electron: ElectronApplication, ...parts: string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`main did not say: ${parts.join(', ')}`)), 10_000)
    electron.process().stdout?.on('data', chunk => {
      if (
        !String(chunk)
          .split('\n')
          .some(line => parts.every(part => line.includes(part)))
      )
        return
      clearTimeout(late)
      resolve()
    })
  })
}

test('every channel refuses a foreign sender and a malformed request, and no other channel exists', async ({
  launch,
}) => {
  const { electron, page } = await launch()
  expect(channels.length).toBeGreaterThan(15)

  await test.step('the window sees the named calls and nothing to reach others with', async () => {
    const api = await page.evaluate(() => {
      const groups: Record<string, object> = Reflect.get(window, 'api')
      return Object.entries(groups).flatMap(([name, group]) =>
        Object.keys(group)
          .filter(key => !/^on[A-Z]/.test(key))
          .map(key => `${name}:${key}`),
      )
    })
    expect(api.sort()).toEqual([...channels].sort())
  })

  await test.step('malformed requests get bad-request, each from its own channel', async () => {
    const codes = await page.evaluate(async channels => {
      type Call = (request: unknown) => Promise<{ ok: boolean; error?: { code: string } }>
      const api: Record<string, Record<string, Call>> = Reflect.get(window, 'api')
      const answers: Record<string, string | undefined> = {}
      for (const channel of channels) {
        const [name = '', key = ''] = channel.split(':')
        const result = await api[name]?.[key]?.({ nonsense: [Number.NaN] })
        answers[channel] = result?.ok ? 'ok' : result?.error?.code
      }
      return answers
    }, withRequest)
    expect(codes).toEqual(Object.fromEntries(withRequest.map(channel => [channel, 'bad-request'])))
  })

  await test.step('a page that is not ours is refused on every channel', async () => {
    const codes = await electron.evaluate(async ({ app, BrowserWindow }, channels) => {
      // the preload is given to a foreign page on purpose: even then main must refuse
      const window = new BrowserWindow({
        show: false,
        webPreferences: { preload: `${app.getAppPath()}/out/preload/index.cjs`, sandbox: true },
      })
      await window.loadURL('data:text/html,<title>foreign</title>')
      const codes: Record<string, string> = await window.webContents.executeJavaScript(`
        Promise.all(${JSON.stringify(channels)}.map(async channel => {
          const [api, call] = channel.split(':')
          const result = await window.api[api][call]({}).catch(error => ({ error: { code: String(error) } }))
          return [channel, result.ok ? 'ok' : result.error.code]
        })).then(Object.fromEntries)
      `)
      window.destroy()
      return codes
    }, channels)
    expect(codes).toEqual(Object.fromEntries(channels.map(channel => [channel, 'sender-refused'])))
  })
})
