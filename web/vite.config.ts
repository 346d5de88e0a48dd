import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { compress } from './scripts/compress.ts'

/** Where `npm run dev` finds the API: a server started by `stockbook demo`. */
const server = process.env.STOCKBOOK_URL ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/app/',
  plugins: [react(), compress()],
  resolve: { alias: { '~': fileURLToPath(new URL('src', import.meta.url)) } },
  build: {
    target: 'es2023',
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'], // they know light-dark()
    assetsInlineLimit: 0, // the content security policy lets nothing come from data: but images
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { '^/(?!app(/|$)|@)': server } },
  test: { environment: 'jsdom', include: ['src/**/*.test.{ts,tsx}'] },
})
