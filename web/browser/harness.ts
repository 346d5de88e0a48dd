import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import {
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  chromium,
  type Locator,
  type Page,
} from 'playwright-core'
import { expect, inject } from 'vitest'

/** More presses of Tab than any page takes to be gone through. */
const TABS_MAX = 150

/** Between two keys of a person; a gun is faster. */
const PAUSE_MS = 120

export const PHONE = { width: 390, height: 844 }
export const TABLET = { width: 820, height: 1180 }
export const DESK = { width: 1440, height: 900 }

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

let browser: Browser | undefined

export async function openBrowser(): Promise<Browser> {
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS })
  return browser
}

/** A browser of its own whose camera shows this film, over and over. */
function openBrowserWithCamera(film: string): Promise<Browser> {
  const camera = [
    '--use-fake-device-for-media-stream',
    '--use-fake-ui-for-media-stream', // it is allowed
    `--use-file-for-fake-video-capture=${film}`,
  ]
  return chromium.launch({ executablePath: CHROMIUM, args: [...ARGUMENTS, ...camera] })
}

/** Keeps back what a page asks there by this method, until the answered function is called. */
export async function hold(page: Page, method: 'GET' | 'POST', path: string): Promise<() => void> {
  let release = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  await page.route(path, async route => {
    if (route.request().method() === method) await released
    await route.continue()
  })
  return release
}

/** What people do in the same moment, before the page is drawn anew: a press of a button, or the scan of a code. */
export async function atOnce(page: Page, ...deeds: (Locator | string)[]): Promise<void> {
  const found = await Promise.all(
    deeds.map(deed => (typeof deed === 'string' ? [...deed, 'Enter'] : deed.elementHandle())),
  )
  await page.evaluate(deeds => {
    for (const deed of deeds) {
      if (deed instanceof HTMLElement) deed.click()
      if (!Array.isArray(deed)) continue
      for (const key of deed) window.dispatchEvent(new KeyboardEvent('keydown', { key, cancelable: true }))
    }
  }, found)
}

export async function closeBrowser(): Promise<void> {
  await browser?.close()
  browser = undefined
}

/** A page of the app in a browser of its own, which notes what it complains about. */
export interface AppPage {
  page: Page
  context: BrowserContext
  /** Goes to a page of the app, such as `/products`, and waits for its title. */
  go(path: string): Promise<void>
  /** What a scanner gun does: the keys, 4 ms apart, and Enter, or the key that it ends with. */
  scan(code: string, end?: 'Enter' | 'Tab'): Promise<void>
  /** What a person types, more slowly than a gun, such as `g` and `p`. */
  press(...keys: string[]): Promise<void>
  /** Presses Tab until this has the focus, as somebody without a mouse does; fails if it cannot be reached. */
  tabTo(target: Locator): Promise<void>
  /** Fails if axe finds a violation of WCAG 2.2 AA on what is shown. */
  expectAccessible(): Promise<void>
  /** Closes it; fails if the console had errors, or the content security policy was violated. */
  close(): Promise<void>
  /** What the test itself has provoked is no complaint. */
  forgive(what: RegExp): void
}

interface OpenOptions extends BrowserContextOptions {
  /** The address of a server; the one that all tests share unless given. */
  url?: string
  /** Answers of the server that the test provokes, such as 409: the browser writes them to the console. */
  expectedStatus?: readonly number[]
  /** The path of a film (Y4M) that its camera shows. */
  camera?: string
}

export async function openApp(given: OpenOptions = {}): Promise<AppPage> {
  const { url, expectedStatus = [], camera, ...options } = given
  const base = url ?? inject('url')
  const own = camera === undefined ? undefined : await openBrowserWithCamera(camera)
  const context = await (own ?? (await openBrowser())).newContext({
    viewport: DESK,
    locale: 'en-GB',
    timezoneId: 'Europe/Berlin',
    reducedMotion: 'reduce',
    ...options,
  })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const complaints: string[] = []
  const forgiven: RegExp[] = []
  page.on('console', message => {
    if (message.type() !== 'error' && message.type() !== 'warning') return
    const status = Number(/status of (\d+)/.exec(message.text())?.[1])
    if (!expectedStatus.includes(status))
      complaints.push(`${message.type()}: ${message.text()} ${message.location().url}`)
  })
  page.on('pageerror', error => complaints.push(`uncaught: ${error.stack ?? error.message}`))
  let pressedAtMs = 0
  /** Presses keys. The times are given, so that a busy machine does not make a slow gun, or a fast typist, of it. */
  const press = async (keys: readonly string[], gapMs: number) => {
    const client = await context.newCDPSession(page)
    const begin = Math.max(Date.now() - (keys.length - 1) * gapMs, pressedAtMs + PAUSE_MS)
    pressedAtMs = begin + (keys.length - 1) * gapMs
    const events = keys.flatMap((key, index) => {
      const timestamp = (begin + index * gapMs) / 1000
      const text = { Enter: '\r', Tab: '\t' }[key] ?? key
      const virtual = { Enter: 13, Tab: 9 }[key]
      const known = virtual === undefined ? {} : { windowsVirtualKeyCode: virtual, code: key }
      const event = { key, timestamp, ...known }
      return [
        { type: 'keyDown' as const, text, ...event },
        { type: 'keyUp' as const, ...event },
      ]
    })
    await Promise.all(events.map(event => client.send('Input.dispatchKeyEvent', event)))
    await client.detach()
  }
  return {
    page,
    context,
    async go(path) {
      await page.goto(`${base}/app${path === '/' ? '' : path}`)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
    },
    async tabTo(target) {
      for (let pressed = 0; pressed < TABS_MAX; pressed++) {
        if (await target.evaluate(element => element === document.activeElement)) return
        await page.keyboard.press('Tab')
      }
      throw new Error(`not reached by Tab: ${target}`)
    },
    scan: (code, end = 'Enter') => press([...code, end], 4),
    press: (...keys) => press(keys, PAUSE_MS),
    async expectAccessible() {
      await page.evaluate(axeSource)
      const violations = await page.evaluate(async () => {
        const { axe } = window as unknown as { axe: typeof import('axe-core') }
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']
        const results = await axe.run(document, { runOnly: { type: 'tag', values: tags } })
        return results.violations.map(found => ({
          rule: found.id,
          help: found.help,
          where: found.nodes
            .slice(0, 5)
            .map(node => `${node.target.join(' ')}  ${node.failureSummary ?? ''}`),
        }))
      })
      expect(violations, `axe at ${page.url()}`).toEqual([])
    },
    forgive(what) {
      forgiven.push(what)
    },
    async close() {
      const url = page.url()
      await context.close()
      await own?.close()
      const serious = complaints.filter(complaint => !forgiven.some(what => what.test(complaint)))
      expect(serious, `the console at ${url}`).toEqual([])
    },
  }
}

declare module 'vitest' {
  export interface ProvidedContext {
    url: string
  }
}
