import { defineConfig } from 'vitest/config'

function files(): string {
  if (process.env.README_PICTURES) return 'browser/readme.pictures.ts'
  return process.env.SCREENSHOTS ? 'browser/pages.pictures.ts' : 'browser/**/*.test.ts'
}

/** The tests in real Chromium against the real binary. They share two cores, so one file after the other. */
export default defineConfig({
  test: {
    include: [files()],
    globalSetup: 'browser/setup.ts',
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // As long as everything else is waited for: one second, the default, is little for a machine that does other work too.
    expect: { poll: { timeout: 15_000 } },
    fileParallelism: false,
  },
})
