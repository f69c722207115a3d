import react from '@vitejs/plugin-react'
import { configDefaults, defineConfig } from 'vitest/config'

// Playwright owns e2e/scenarios; the rest of e2e (its ears and eyes) is tested here.
const exclude = [...configDefaults.exclude, 'out/**', 'e2e/scenarios/**']

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['{contracts,services,tools,e2e}/**/*.test.ts', 'src/{main,preload}/**/*.test.ts'],
          exclude,
        },
      },
      {
        plugins: [react()],
        test: {
          name: 'renderer',
          environment: 'happy-dom',
          // by default vitest empties style sheets; the contrast test reads this one
          css: { include: /\/tokens\.css/ },
          include: ['src/renderer/**/*.test.{ts,tsx}'],
          exclude,
        },
      },
    ],
  },
})
