/** What the code of one folder may import. The most specific folder decides. */
export interface FolderRule {
  folder: string
  /** Folders of this repository, besides its own. */
  folders?: readonly string[]
  /** Folders of which it may import types only. */
  typesOf?: readonly string[]
  /** npm packages; `node:` stands for Node's built-in modules, `*` for every package. */
  packages?: readonly string[]
  /** Packages of which it may import types only. */
  packageTypes?: readonly string[]
  /** Shown with a broken rule. */
  soThat: string
}

const serverPackages = ['node:', ...['fastify', 'jose', 'kysely', 'mediasoup', 'pino', 'prom-client', 'ws', 'zod']]

export const rules: readonly FolderRule[] = [
  { folder: 'contracts', packages: ['zod'], soThat: 'both ends parse the same schema' },
  {
    folder: 'src/renderer',
    folders: ['contracts'],
    packages: [
      ...['react', 'react-dom', 'radix-ui', 'lucide-react', 'i18next', 'react-i18next', 'zustand'],
      ...['mediasoup-client', 'zod'],
    ],
    soThat: 'it runs in a plain browser with a fake window.api',
  },
  {
    folder: 'src/preload',
    folders: ['contracts/ipc'],
    typesOf: ['contracts'],
    packages: ['electron'],
    soThat: 'the sandboxed bundle stays one small file',
  },
  {
    folder: 'src/main',
    folders: ['contracts'],
    packages: ['electron', 'node:', 'ws', 'zod'],
    soThat: 'no UI or service code leaks in',
  },
  {
    folder: 'src/main/inference/process',
    folders: ['contracts', 'inference'],
    packages: ['node:'],
    packageTypes: ['electron'],
    soThat: 'the inference process knows nothing of windows',
  },
  {
    folder: 'inference',
    folders: ['contracts'],
    packages: ['node:', 'onnxruntime-node'],
    soThat: 'the app and the ai service run the same models',
  },
  {
    folder: 'services/shared',
    folders: ['contracts'],
    packages: serverPackages,
    soThat: 'what services share knows none of them',
  },
  ...['signaling', 'meeting', 'media'].map(service => ({
    folder: `services/${service}`,
    folders: ['contracts', 'services/shared'],
    packages: serverPackages,
    soThat: 'services meet only through contracts, tasks and events',
  })),
  {
    folder: 'services/ai',
    folders: ['contracts', 'services/shared', 'inference'],
    packages: serverPackages,
    soThat: 'services meet only through contracts, tasks and events',
  },
  {
    // the composition root and its two ways in
    folder: 'services',
    folders: ['contracts'],
    packages: serverPackages,
    packageTypes: ['electron'],
    soThat: 'the app meets the services only through a port',
  },
  {
    folder: 'e2e',
    folders: ['contracts'],
    packages: ['node:', '@playwright/test', 'electron', 'zod'],
    soThat: 'it sees what a user sees',
  },
  {
    folder: 'tools',
    folders: ['contracts', 'e2e', 'services'],
    packages: ['*', 'node:'],
    soThat: 'nothing that ships depends on a tool',
  },
  {
    // configuration files
    folder: '',
    folders: ['tools'],
    packages: ['*', 'node:'],
    soThat: 'configuration stays outside the code',
  },
]

/** Tests, and what only tests use: fixtures, and suites that several tests share. */
export const testFile = /\.(test|fixture)\.tsx?$|-(suite|fixtures?)\.tsx?$|\/(fixtures|conformance)\b/

/** What those may import on top, wherever they are. */
export const testPackages: readonly string[] = [
  ...['node:', 'vitest', '@testing-library/react', '@testing-library/dom', '@testing-library/user-event'],
]
