// How fast the web app is: loads, a keystroke in the search to its rows, a scan to its product. Prints figures; asserts nothing.
//
//   make web release && node bench/web.mjs http://127.0.0.1:8000 [WORDS...]
//
// The server has to run with as many products as are to be searched, from a release build: a debug build reads files from
// the disk. WORDS are what is typed, letter by letter.

import { createRequire } from 'node:module'

const require = createRequire(new URL('../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')

const [url = 'http://127.0.0.1:8000', ...given] = process.argv.slice(2)
const words = given.length > 0 ? given : ['product 123', 'sku-4567', 'kettle']
const LOADS = 7

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
})

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

function line(name, values, unit) {
  const shown = [0.5, 0.9, 1].map(share => percentile(values, share).toFixed(unit === 'kB' ? 0 : 1))
  console.log(
    `${name.padEnd(44)} median ${shown[0]}, p90 ${shown[1]}, worst ${shown[2]} ${unit} (${values.length})`,
  )
}

/** A page with an empty cache, and what was sent to it, compressed as it came. */
async function open(path) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  const page = await context.newPage()
  const client = await context.newCDPSession(page)
  await client.send('Network.enable')
  const sent = new Map()
  const names = new Map()
  client.on('Network.responseReceived', event => names.set(event.requestId, event.response.url))
  client.on('Network.loadingFinished', event => sent.set(event.requestId, event.encodedDataLength))
  await page.addInitScript(() => {
    window.shift = 0
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value
    }).observe({ type: 'layout-shift', buffered: true })
  })
  await page.goto(`${url}/app${path}`)
  const kilobytes = () => {
    const files = [...sent].filter(([id]) => (names.get(id) ?? '').includes('/app'))
    return files.reduce((sum, [, bytes]) => sum + bytes, 0) / 1024
  }
  return { page, context, kilobytes }
}

async function loads(path, ready) {
  const times = { paint: [], ready: [], bytes: [], shift: [] }
  for (let n = 0; n < LOADS; n++) {
    const { page, context, kilobytes } = await open(path)
    await page.locator(ready).first().waitFor()
    times.ready.push(await page.evaluate(() => performance.now()))
    await page.waitForLoadState('networkidle')
    const paint = () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0
    times.paint.push(await page.evaluate(paint))
    times.shift.push(await page.evaluate(() => window.shift))
    times.bytes.push(kilobytes())
    await context.close()
  }
  line(`${path}: first paint`, times.paint, 'ms')
  line(`${path}: its content`, times.ready, 'ms')
  line(`${path}: sent`, times.bytes, 'kB')
  console.log(`${`${path}: layout shift`.padEnd(44)} worst ${Math.max(...times.shift).toFixed(4)}`)
}

/** From the key to the frame in which its rows are drawn. */
async function searches() {
  const { page, context } = await open('/products')
  await page.locator('[role=row]').nth(5).waitFor()
  await page.evaluate(() => {
    window.times = []
    const grid = () => document.querySelector('[role=grid]')
    document.querySelector('input[type=search]').addEventListener('input', () => {
      const begin = performance.now()
      let wasBusy = false
      const look = () => {
        const busy = grid()?.getAttribute('aria-busy') === 'true'
        wasBusy ||= busy
        const late = performance.now() - begin > 3000
        if ((wasBusy && !busy) || late || (!grid() && performance.now() - begin > 60)) {
          return requestAnimationFrame(() => window.times.push(performance.now() - begin))
        }
        requestAnimationFrame(look)
      }
      requestAnimationFrame(look)
    })
  })
  for (const word of words) {
    await page.getByRole('searchbox').fill('')
    await page.waitForTimeout(700)
    for (const letter of word) {
      await page.getByRole('searchbox').press(letter === ' ' ? 'Space' : letter)
      await page.waitForTimeout(500)
    }
  }
  line('a key in the search to its rows', await page.evaluate(() => window.times), 'ms')
  await context.close()
}

const products = await (await fetch(`${url}/products?limit=1`)).json()
if (products.items.length === 0) throw new Error('the server has no products')
await loads('/', 'h1')
await loads('/products', '[role=row] >> nth=5')
await loads(`/products/${products.items[0].id}`, 'h1')
await searches()
await browser.close()
