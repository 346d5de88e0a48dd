// How fast the web app is in Chromium: loads, a key in the search to its rows, scrolling, a scan to its acknowledgement, what
// jumps. Prints tables in Markdown; asserts nothing. `bench/run web` calls it, with a shop of 600,000 products.
//
//   node bench/web.mjs http://127.0.0.1:8000        EMAIL and PASSWORD sign in, where the server asks for it
//
// The server has to be a release build: a debug build reads the app from the disk. It must have products of
// bench/sql/stockbook.sql, whose names are looked for.

import { createRequire } from 'node:module'

const require = createRequire(new URL('../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')

const [url = 'http://127.0.0.1:8000'] = process.argv.slice(2)
const { EMAIL, PASSWORD, ONLY = 'loads,search,scroll,scans,shift' } = process.env
const LOADS = 7
const SCANS = 100
const DESK = { width: 1440, height: 900 }
const PHONE = { width: 390, height: 844 }
/** What people type: words of names, SKUs whole and in part, letters that many names begin with, and what nothing is called. */
const WORDS = ['kettle', 'silver lamp', 'sku-0451', '599999', 'ste cup 12', 'xyz']
/** Between two keys: they are measured one by one. */
const PAUSE_MS = 150
/** A frame that comes later than this after the one before is one that was dropped: the screen has 60 a second. */
const FRAME_MS_MAX = 25

const PAGES = [
  '/', '/products', '/products/1', '/products/1?tab=card', '/scan', '/stock', '/stock-movements', '/stock-transfers',
  '/reservations', '/purchase-orders', '/purchase-orders/1', '/suppliers', '/suppliers/1', '/replenishment', '/warehouses',
  '/categories', '/ledger', '/settings',
] // prettier-ignore

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking'],
})

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}

function row(...cells) {
  console.log(`| ${cells.join(' | ')} |`)
}

function table(title, ...columns) {
  console.log(`\n## ${title}\n`)
  row(...columns)
  row(...columns.map((_, index) => (index === 0 ? '---' : '---:')))
}

/** Notes in the page what its speed is judged by; runs before the app does. */
function watch() {
  window.shift = 0
  window.largest = 0
  const observe = (type, take) =>
    new PerformanceObserver(list => list.getEntries().forEach(take)).observe({ type, buffered: true })
  observe('layout-shift', entry => {
    if (!entry.hadRecentInput) window.shift += entry.value
  })
  observe('largest-contentful-paint', entry => {
    window.largest = entry.startTime
  })
  performance.setResourceTimingBufferSize(5000)
  /** The time at which what holds now is on the screen. */
  const painted = () =>
    new Promise(done =>
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => done(performance.now())
        port2.postMessage(null)
      }),
    )
  /** Waits until it holds, frame by frame; the time at which that is on the screen, or NaN. */
  window.onScreen = async (holds, begin) => {
    while (!holds()) {
      if (performance.now() - begin > 5000) return Number.NaN
      await new Promise(requestAnimationFrame)
    }
    return painted()
  }
  window.answered = (path, holds, begin = 0) =>
    performance.getEntriesByType('resource').some(entry => {
      const asked = new URL(entry.name)
      return asked.pathname === path && entry.startTime >= begin && entry.responseEnd > 0 && holds(asked.searchParams)
    })
}

let cookies = []

async function open(path, { viewport = DESK, cpu = 1 } = {}) {
  const context = await browser.newContext({ viewport, locale: 'en-GB' })
  await context.addCookies(cookies)
  const page = await context.newPage()
  const client = await context.newCDPSession(page)
  await client.send('Network.enable')
  if (cpu > 1) await client.send('Emulation.setCPUThrottlingRate', { rate: cpu })
  const names = new Map()
  const files = []
  client.on('Network.responseReceived', event => names.set(event.requestId, event.response.url))
  client.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const name = names.get(requestId) ?? ''
    if (name.startsWith(`${url}/app`)) files.push({ name, bytes: encodedDataLength })
  })
  await page.addInitScript(watch)
  await page.goto(`${url}/app${path}`)
  return { page, context, client, files }
}

async function signIn() {
  if (!EMAIL) return
  const { page, context } = await open('/sign-in')
  await page.getByLabel('Email').fill(EMAIL)
  await page.getByRole('textbox', { name: 'Password' }).fill(PASSWORD)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Dashboard' }).waitFor()
  cookies = await context.cookies()
  await context.close()
}

function kilobytes(files) {
  return files.reduce((sum, { bytes }) => sum + bytes, 0) / 1000
}

/** Each time in a browser without a cache. */
async function loads() {
  table('First load, nothing cached', 'page', 'first paint, median ms', 'largest paint', 'its content', 'worst of it', 'kB before charts', 'kB in all', 'worst layout shift') // prettier-ignore
  const product = '/products/1'
  const ready = { '/': 'main >> text=Movements today', '/products': '[role=row] >> nth=5', [product]: 'h1', '/scan': 'h1' }
  for (const path of Object.keys(ready)) {
    const seen = { paint: [], largest: [], content: [], shift: [] }
    let sent = []
    for (let n = 0; n < LOADS; n++) {
      const { page, context, files } = await open(path)
      await page.locator(ready[path]).first().waitFor()
      seen.content.push(await page.evaluate(() => performance.now()))
      await page.waitForTimeout(1500)
      seen.paint.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime))
      seen.largest.push(await page.evaluate(() => window.largest))
      seen.shift.push(await page.evaluate(() => window.shift))
      sent = files
      await context.close()
    }
    const [paint, largest, content] = [seen.paint, seen.largest, seen.content].map(each => percentile(each, 0.5).toFixed(0))
    const plain = sent.filter(({ name }) => !/chart/i.test(name))
    row(path, paint, largest, content, Math.max(...seen.content).toFixed(0), kilobytes(plain).toFixed(0),
      kilobytes(sent).toFixed(0), Math.max(...seen.shift).toFixed(4)) // prettier-ignore
  }
}

/** Waits until so many times are taken. Not by `waitForFunction`, which the content security policy refuses. */
async function measured(page, count) {
  for (let tries = 0; (await page.evaluate(() => window.times.length)) < count; tries++) {
    if (tries > 500) throw new Error(`nothing came of ${count} at ${page.url()}`)
    await page.waitForTimeout(20)
  }
}

/** From the key to the frame in which the rows that the server found for it are drawn. */
async function typing() {
  const { page, context } = await open('/products')
  await page.locator('[role=row]').nth(5).waitFor()
  await page.evaluate(() => {
    window.times = []
    window.addEventListener('keydown', ({ timeStamp, key }) => {
      if (key.length !== 1) return
      const field = document.querySelector('input[type=search]')
      const drawn = () => {
        const q = field.value.trim()
        const isAnswered = window.answered('/products', asked => asked.get('q') === q)
        return isAnswered && document.querySelector('[role=grid]')?.getAttribute('aria-busy') !== 'true'
      }
      // A space at the end changes nothing that is asked for. The field has the letter after this event.
      const measure = async () => window.times.push((await window.onScreen(drawn, timeStamp)) - timeStamp)
      if (key !== ' ') setTimeout(measure)
    })
  })
  const times = {}
  for (const word of WORDS) {
    await page.getByRole('searchbox').fill('')
    await page.waitForTimeout(500)
    await page.evaluate(() => {
      window.times = []
    })
    let typed = 0
    for (const letter of word) {
      await page.keyboard.press(letter === ' ' ? 'Space' : letter)
      if (letter !== ' ') await measured(page, ++typed)
      await page.waitForTimeout(PAUSE_MS) // keys that come faster are a scanner's
    }
    times[word] = await page.evaluate(() => window.times)
  }
  await context.close()
  return times
}

async function search() {
  table('A key in the search to its rows', 'typed', 'keys', 'first time: median ms', 'p95', 'worst', 'again: median', 'p95', 'worst') // prettier-ignore
  const rounds = [await typing(), await typing()] // the second in a browser without a cache too: the server has one
  const figures = times => [percentile(times, 0.5), percentile(times, 0.95), Math.max(...times)].map(ms => ms.toFixed(0))
  for (const word of WORDS) row(`\`${word}\``, rounds[0][word].length, ...rounds.flatMap(times => figures(times[word])))
  const all = rounds.map(times => Object.values(times).flat())
  row('all', all[0].length, ...all.flatMap(figures))
}

/** As a finger does it, for ten seconds at 4,000 pixels a second; rows are read on meanwhile. */
async function scroll() {
  table('Scrolling through the products', 'processor', 'frames', 'later than 25 ms', 'longest, ms', 'rows passed', 'read', 'frames at the end of what was read') // prettier-ignore
  for (const cpu of [1, 4]) {
    const { page, context, client } = await open('/products', { cpu })
    await page.locator('[role=row]').nth(5).waitFor()
    await page.waitForTimeout(1000)
    await page.evaluate(() => {
      window.frames = []
      const grid = document.querySelector('[role=grid]')
      let last = performance.now()
      const frame = now => {
        window.frames.push({ ms: now - last, isAtEnd: grid.scrollTop + grid.clientHeight >= grid.scrollHeight - 1 })
        last = now
        requestAnimationFrame(frame)
      }
      requestAnimationFrame(frame)
    })
    const gesture = { x: 700, y: 500, yDistance: -40_000, speed: 4000, gestureSourceType: 'mouse' }
    await client.send('Input.synthesizeScrollGesture', gesture)
    const { frames, passed, read } = await page.evaluate(() => ({
      frames: window.frames,
      passed: Math.max(...[...document.querySelectorAll('[data-row]')].map(element => Number(element.dataset.row))),
      read: performance.getEntriesByType('resource').filter(entry => new URL(entry.name).pathname === '/products').length,
    }))
    const late = frames.filter(({ ms }) => ms > FRAME_MS_MAX)
    row(cpu === 1 ? 'as it is' : `${cpu} times slower`, frames.length, late.length,
      Math.max(...frames.map(({ ms }) => ms)).toFixed(0), passed, `${read} pages`, frames.filter(({ isAtEnd }) => isAtEnd).length) // prettier-ignore
    await context.close()
  }
}

/** Another product each time, by its SKU, entered at once: from the gun's Enter. */
async function scans() {
  const { page, context, client } = await open('/scan?mode=receive')
  await page.getByText('At once').click()
  await page.waitForTimeout(500)
  await page.evaluate(() => {
    window.times = []
    window.addEventListener(
      'keydown',
      ({ key, timeStamp }) => {
        if (key !== 'Enter') return
        const before = document.querySelectorAll('[data-state=done]').length
        const time = { begin: timeStamp }
        const isTold = () => document.querySelector('[data-tone=good]')?.textContent.includes(window.expected)
        const isDone = () =>
          window.answered('/stock-movements', () => true, timeStamp) &&
          !document.querySelector('[data-state=waiting]') &&
          document.querySelector('[data-state=done]')?.textContent.includes(window.expected)
        void Promise.all([window.onScreen(isTold, timeStamp), window.onScreen(isDone, timeStamp)]).then(([told, done]) =>
          window.times.push({ ...time, before, told: told - timeStamp, done: done - timeStamp }),
        )
      },
      { capture: true },
    )
  })
  for (let n = 1; n <= SCANS; n++) {
    const id = n * 5501
    await page.evaluate(product => {
      window.expected = product
    }, ` ${id}`)
    const code = `SKU-${String(id).padStart(7, '0')}`
    const begin = Date.now() / 1000 - code.length * 0.004 // so that Enter comes now, and not in a moment
    const sent = []
    for (const [index, key] of [...code, 'Enter'].entries()) {
      const event = { key, timestamp: begin + index * 0.004, ...(key === 'Enter' && { code: 'Enter', windowsVirtualKeyCode: 13 }) }
      sent.push(client.send('Input.dispatchKeyEvent', { type: 'keyDown', text: key === 'Enter' ? '\r' : key, ...event }))
      sent.push(client.send('Input.dispatchKeyEvent', { type: 'keyUp', ...event }))
    }
    await Promise.all(sent)
    await measured(page, n)
    await page.waitForTimeout(PAUSE_MS)
  }
  const times = (await page.evaluate(() => window.times)).slice(0)
  table('A scan', `of ${SCANS}, each of another product`, 'median ms', 'p95', 'worst')
  for (const [name, what] of [['told', 'what it is, on the screen'], ['done', 'entered: acknowledged by the server, on the screen']]) { // prettier-ignore
    const taken = times.map(time => time[name])
    row(what, percentile(taken, 0.5).toFixed(0), percentile(taken, 0.95).toFixed(0), Math.max(...taken).toFixed(0))
  }
  await context.close()
}

async function shift() {
  table('Layout shift', 'page', 'desk', 'phone')
  for (const path of PAGES) {
    const seen = []
    for (const viewport of [DESK, PHONE]) {
      const { page, context } = await open(path, { viewport })
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page.waitForTimeout(1500)
      seen.push((await page.evaluate(() => window.shift)).toFixed(4))
      await context.close()
    }
    row(path, ...seen)
  }
}

await signIn()
const parts = { loads, search, scroll, scans, shift }
for (const part of ONLY.split(',')) await parts[part]()
await browser.close()
