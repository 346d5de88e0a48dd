import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Plugin } from 'vite'

const ALL = createRequire(import.meta.url).resolve('@mantine/core/styles.css')
/** Mantine's names of classes, which its scripts and its styles have in common. */
const CLASSES = /\bm_[0-9a-f]{6,8}\b/g

/** Builds with the styles of those Mantine components alone that are in the bundle: two thirds of all. */
export function mantineStyles(): Plugin {
  return {
    name: 'mantine-styles',
    apply: 'build',
    enforce: 'post',
    load: id => (id === ALL ? '' : undefined),
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const files = Object.values(bundle)
        const code = files.map(file => (file.type === 'chunk' ? file.code : '')).join('\n')
        const used = new Set(code.match(CLASSES))
        const source = components()
          .filter(styles => isUsed(styles, used))
          .join('\n')
        const name = this.getFileName(this.emitFile({ type: 'asset', name: 'mantine.css', source }))
        const page = bundle['index.html']
        if (page?.type !== 'asset') throw new Error('there is no index.html to name the styles in')
        // In front of our own, which change them.
        const link = `<link rel="stylesheet" crossorigin href="/app/${name}">\n    `
        page.source = String(page.source).replace(/(?=<link rel="stylesheet")/, link)
      },
    },
  }
}

/** The styles of each component, in the order in which they belong. */
function components(): string[] {
  const all = readFileSync(ALL, 'utf8')
  const folder = join(dirname(ALL), 'styles')
  const names = readdirSync(folder).filter(name => name.endsWith('.css') && !name.endsWith('.layer.css'))
  const styles = names.map(name => readFileSync(join(folder, name), 'utf8').trim())
  if (styles.some(one => !all.includes(one)))
    throw new Error('styles.css of Mantine is not made of its styles/*.css')
  return styles.sort((a, b) => all.indexOf(a) - all.indexOf(b))
}

/** Styles without a class of Mantine's are for every page. */
function isUsed(styles: string, used: ReadonlySet<string>): boolean {
  const classes = styles.match(CLASSES) ?? []
  return classes.length === 0 || classes.some(name => used.has(name))
}
