import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'electron-vite'

const at = (path: string) => resolve(import.meta.dirname, path)

// mediasoup finds its worker executable beside its own files; ws merely tries the two native add-ons.
const external = ['mediasoup', 'bufferutil', 'utf-8-validate']

export default defineConfig({
  main: {
    build: {
      // everything else is bundled: the packaged app then carries two packages instead of a tree
      externalizeDeps: false,
      sourcemap: true,
      rolldownOptions: {
        external,
        input: {
          index: at('src/main/index.ts'),
          services: at('services/embedded.ts'),
          'writer-thread': at('services/shared/messaging/drivers/sqlite/writer-thread.ts'),
        },
        // one flat directory, so that `new URL('./writer-thread.js', import.meta.url)` holds in every chunk
        output: { entryFileNames: '[name].js', chunkFileNames: '[name]-[hash].js' },
      },
    },
  },
  preload: {
    build: {
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: at('src/preload/index.ts') },
        // a sandboxed preload must be CommonJS, in one file
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    plugins: [react()],
    build: {
      // the content security policy allows files only: nothing inline, no data: addresses
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: at('src/renderer/index.html') },
    },
  },
})
