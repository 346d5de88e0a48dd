import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const COMPRESSIBLE = /\.(js|css|html|svg|json|webmanifest|wasm|txt)$/
/** Smaller files gain nothing. */
const BYTES_MIN = 1024

/** Leaves `.br` and `.gz` beside each file that gets smaller by them, for the server to send as they are. */
export function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    writeBundle({ dir }) {
      if (!dir) return
      for (const name of readdirSync(dir, { recursive: true, encoding: 'utf8' })) {
        const path = join(dir, name)
        if (!COMPRESSIBLE.test(name) || statSync(path).size < BYTES_MIN) continue
        const plain = readFileSync(path)
        const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 }
        writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: quality }))
        writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }))
      }
      writeFileSync(join(dir, '.gitkeep'), '') // Git keeps the folder, so that the binary builds without the app
    },
  }
}
