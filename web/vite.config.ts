import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { compress } from './scripts/compress.ts'
import { mantineStyles } from './scripts/mantineStyles.ts'

/** Where `npm run dev` finds the API: a server started by `stockbook demo`. */
const server = process.env.STOCKBOOK_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/app/',
  plugins: [react(), mantineStyles(), compress()],
  resolve: { alias: { '~': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // they know light-dark()
    assetsInlineLimit: 0, // the content security policy lets nothing come from data: but images
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: { codeSplitting: { groups: chunks() } },
    },
  },
  server: { proxy: { '^/(?!app(/|$)|@)': server } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
})

/**
 * What pages have in common is one file and not the eighty that it would be otherwise, each with its headers. Calendars and
 * charts are files of their own, which only those pages load that show one.
 */
function chunks() {
  // Without what they need: that belongs to all.
  const alone = { includeDependenciesRecursively: false }
  return [
    {
      name: 'dates',
      test: /node_modules.(dayjs|@mantine.dates.esm.(?!components.DatesProvider))|src.ui.DayInput/,
      priority: 3,
      ...alone,
    },
    {
      name: 'charts', // with what only recharts needs
      test: /node_modules.(recharts|@mantine.charts|d3-|victory-vendor|internmap|@reduxjs|react-redux|redux|reselect|immer|es-toolkit|decimal\.js-light|eventemitter3|tiny-invariant)/,
      priority: 2,
      ...alone,
    },
    { name: 'shared', minShareCount: 7, priority: 1 },
  ]
}
