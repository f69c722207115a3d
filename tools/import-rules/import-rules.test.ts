import { describe, expect, test } from 'vitest'
import { checkImport, ruleFor } from './check-import.ts'
import { findImports } from './find-imports.ts'
import { rules } from './rules.ts'

/** One line per row of the table: from a file, a right and a wrong import; `type ` marks a type-only one. */
const table: [file: string, right: string[], wrong: string[]][] = [
  [
    'contracts/ids.ts',
    ['zod', './errors.ts', './ipc/app.ts', '#contracts/errors.ts'],
    ['node:fs', 'ws', '../services/shared/log/log.ts', 'type ../src/main/index.ts'],
  ],
  [
    'src/renderer/src/call/CallScreen.tsx',
    ['react', '#contracts/ids.ts', '../ui/Button.tsx', './call.css', 'mediasoup-client/types'],
    ['electron', 'node:path', 'fs', 'ws', '../../../main/index.ts', '../../../../services/server.ts', 'type electron'],
  ],
  [
    'src/preload/index.ts',
    ['electron', 'type #contracts/ids.ts', '#contracts/ipc/app.ts', './invoke.ts'],
    ['#contracts/ids.ts', 'zod', 'node:fs', '../main/ipc/channels.ts'],
  ],
  [
    'src/main/ipc/app.ts',
    ['electron', 'node:fs/promises', 'ws', '#contracts/ipc/app.ts', './handle-calls.ts'],
    [
      'react',
      '../../renderer/src/ui/tokens.ts',
      '../../../services/embedded.ts',
      'mediasoup',
      '../../preload/index.ts',
    ],
  ],
  [
    'src/main/inference/process/index.ts',
    ['../../../../inference/store/find.ts', '#contracts/ids.ts', 'type electron'],
    ['electron', '../start.ts', 'onnxruntime-node'],
  ],
  [
    'inference/models/vad/run.ts',
    ['onnxruntime-node', 'node:fs', '#contracts/ids.ts'],
    ['electron', '../../../services/ai/index.ts'],
  ],
  [
    'services/shared/records/migrate.ts',
    ['kysely', 'node:sqlite', '#contracts/ids.ts', '../log/log.ts'],
    ['../../media/room.ts', 'electron', 'type ../../meeting/meeting.ts'],
  ],
  [
    'services/media/rooms/room.ts',
    ['mediasoup', '../../shared/log/log.ts', '../router.ts', '#contracts/events/media.ts'],
    [
      '../../signaling/session.ts',
      'type ../../meeting/meeting.ts',
      '../../server.ts',
      '../../../src/main/index.ts',
      'react',
    ],
  ],
  ['services/signaling/session.ts', ['ws', '../shared/tokens/tokens.ts'], ['../media/room.ts', '../embedded.ts']],
  ['services/meeting/meeting.ts', ['kysely', '../shared/records/tables.ts'], ['../signaling/session.ts']],
  ['services/ai/index.ts', ['../../inference/store/find.ts', '../shared/log/log.ts'], ['../media/room.ts']],
  [
    'services/server.ts',
    ['./media/service.ts', './shared/log/log.ts', '#contracts/embedded.ts', 'type electron'],
    ['electron', '../src/main/index.ts', '../tools/build.mjs'],
  ],
  [
    'e2e/scenarios/call.spec.ts',
    ['@playwright/test', '../fixtures/app.ts', '#contracts/invite.ts', 'node:fs'],
    ['../../src/main/index.ts', '../../services/server.ts', 'ws'],
  ],
  [
    'tools/bench/join/join.ts',
    ['../../../e2e/fixtures/app.ts', 'mediasoup', '#contracts/ids.ts'],
    ['../../../src/main/index.ts'],
  ],
  ['vitest.config.ts', ['vitest/config', './tools/display.mjs'], ['./src/main/index.ts', './services/server.ts']],
]

describe.each(table)('%s', (file, right, wrong) => {
  const check = (written: string) =>
    checkImport(file, { specifier: written.replace(/^type /, ''), typeOnly: written.startsWith('type ') })

  test.each(right)('may import %s', specifier => expect(check(specifier)).toBeNull())
  test.each(wrong)('may not import %s', specifier => expect(check(specifier)).toMatch(/may not import .+, so that/))
})

test('every row of the rules is proved above', () => {
  expect(new Set(table.map(([file]) => ruleFor(file)))).toEqual(new Set(rules))
})

test('tests may import the test runner, other files may not', () => {
  expect(checkImport('services/media/room.test.ts', { specifier: 'vitest', typeOnly: false })).toBeNull()
  expect(checkImport('services/media/room.ts', { specifier: 'vitest', typeOnly: false })).not.toBeNull()
})

test('what ships may not import what only tests use', () => {
  const fixture = { specifier: './fixtures/open-records.ts', typeOnly: false }
  expect(checkImport('services/meeting/meeting.test.ts', fixture)).toBeNull()
  expect(checkImport('services/meeting/meeting.ts', fixture)).toContain('of the tests')
  expect(checkImport('e2e/scenarios/call.spec.ts', { specifier: '../fixtures/app.ts', typeOnly: false })).toBeNull()
})

test('a file outside of every folder is told so', () => {
  expect(checkImport('src/shared/thing.ts', { specifier: 'zod', typeOnly: false })).toContain('lies in no folder')
})

test('imports of every kind are found, with their line and whether they vanish', () => {
  const source = `import './side-effect.ts'
import value, { type OnlyType } from 'mixed'
import type { A } from 'type-import'
import { type B } from 'type-members'
export { c } from 're-export'
export type { D } from 'type-re-export'
export * from 'star'
export const own = 1
const later = import('dynamic')
const nobodyKnows = import(\`\${own}\`)
`
  expect(findImports('x.ts', source).toSorted((a, b) => a.line - b.line)).toEqual([
    { specifier: './side-effect.ts', typeOnly: false, line: 1 },
    { specifier: 'mixed', typeOnly: false, line: 2 },
    { specifier: 'type-import', typeOnly: true, line: 3 },
    { specifier: 'type-members', typeOnly: true, line: 4 },
    { specifier: 're-export', typeOnly: false, line: 5 },
    { specifier: 'type-re-export', typeOnly: true, line: 6 },
    { specifier: 'star', typeOnly: false, line: 7 },
    { specifier: 'dynamic', typeOnly: false, line: 9 },
  ])
})

test('a file that does not parse is named', () => {
  expect(() => findImports('broken.ts', 'import {')).toThrow(/broken\.ts/)
})
