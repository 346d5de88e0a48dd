import { defineConfig } from 'vitest/config'

/** The tests in real Chromium against the real binary. They share two cores, so one file after the other. */
export default defineConfig({
  test: {
    include: [process.env.SCREENSHOTS ? 'browser/**/*.pictures.ts' : 'browser/**/*.test.ts'],
    globalSetup: 'browser/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
