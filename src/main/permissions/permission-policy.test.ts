import { expect, test } from 'vitest'
import { isPermitted } from './permission-policy.ts'

const own = 'app://parley'
const wish = (permission: string, over: object = {}) => ({ permission, origin: own, isMainFrame: true, ...over })

test.each([
  wish('media', { mediaTypes: ['audio'] }),
  wish('media', { mediaTypes: ['audio', 'video'] }),
  wish('media', { mediaTypes: ['unknown'] }),
  wish('speaker-selection'),
  wish('fullscreen'),
])('Parley’s own page may have $permission $mediaTypes', permitted => {
  expect(isPermitted(permitted, own)).toBe(true)
})

test.each([
  wish('media', { mediaTypes: ['screen'] }),
  wish('media', { mediaTypes: [] }),
  wish('media'),
  ...[
    'geolocation',
    'notifications',
    'midi',
    'midiSysex',
    'pointerLock',
    'openExternal',
    'clipboard-read',
    'display-capture',
    'usb',
    'hid',
    'serial',
    'idle-detection',
    'storage-access',
    'fileSystem',
    'unknown',
  ].map(permission => wish(permission)),
])('even it may not have $permission $mediaTypes', refused => {
  expect(isPermitted(refused, own)).toBe(false)
})

test.each([{ origin: 'https://example.org' }, { origin: 'app://elsewhere' }, { origin: null }, { isMainFrame: false }])(
  'nobody else may have a camera: %j',
  over => {
    expect(isPermitted(wish('media', { mediaTypes: ['video'], ...over }), own)).toBe(false)
  },
)
