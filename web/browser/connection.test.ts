import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { ProductPage } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp } from './harness'
import { type Server, startServer } from './server'

let own: Server
let app: AppPage
beforeAll(async () => {
  own = await startServer()
})
afterEach(() => app.close())
afterAll(async () => {
  await closeBrowser()
  await own.stop()
})

it('an answer that is lost has its request sent again, and one effect', async () => {
  const sku = `LOST-${process.pid}`
  app = await openApp()
  await app.go('/products')
  const keys: (string | undefined)[] = []
  await app.page.route('**/products', async route => {
    if (route.request().method() !== 'POST') return route.continue()
    keys.push(route.request().headers()['idempotency-key'])
    if (keys.length > 1) return route.continue()
    await route.fetch() // the server does it, and nobody hears of it
    await route.fulfill({
      status: 503,
      headers: { 'retry-after': '1' },
      json: { code: 'outcome_unknown', detail: '' },
    })
  })
  await app.page.getByRole('button', { name: 'New product' }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Name').fill('Lost and found')
  await dialog.getByLabel('SKU').fill(sku)
  await dialog.getByLabel('Price').fill('1')
  await dialog.getByRole('button', { name: 'Create product' }).click()
  await app.page.getByRole('heading', { level: 1, name: 'Lost and found' }).waitFor()
  expect(keys.length).toBe(2)
  expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/)
  expect(keys[1]).toBe(keys[0])
  const { items } = await call<ProductPage>('GET', `/products?sku=${sku}`)
  expect(items.length).toBe(1)
  app.forgive(/503/) // the one that the test itself has sent
})

it('of two tabs one listens, and both show what others change', async () => {
  const one = await makeProduct({ on_hand: 3 })
  app = await openApp()
  let streams = 0
  app.context.on('request', request => {
    if (request.resourceType() === 'eventsource') streams += 1
  })
  await app.go(`/products/${one.id}`)
  const second = await app.context.newPage()
  await second.goto(app.page.url())
  for (const page of [app.page, second])
    await page.getByRole('cell', { name: '3', exact: true }).first().waitFor()
  await call('POST', '/stock-adjustments', { product_id: one.id, delta: 4, reason: 'found' })
  for (const page of [app.page, second])
    await page.getByRole('cell', { name: '7', exact: true }).first().waitFor()
  expect(streams).toBe(1)
})

it('what is changed after a page was read and before its stream has opened is shown, and the page is read once', async () => {
  const one = await makeProduct({ on_hand: 3 })
  app = await openApp()
  let release = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  let reads = 0
  app.page.on('request', request => {
    if (new URL(request.url()).pathname === `/products/${one.id}`) reads += 1
  })
  await app.page.route('**/events?*', async route => {
    if (route.request().resourceType() === 'eventsource') await released
    await route.continue()
  })
  await app.go(`/products/${one.id}`)
  await app.page.getByRole('cell', { name: '3', exact: true }).first().waitFor()
  await app.page.waitForLoadState('networkidle')
  expect(reads).toBe(1)
  await call('POST', '/stock-adjustments', { product_id: one.id, delta: 4, reason: 'found' })
  release()
  await app.page.getByRole('cell', { name: '7', exact: true }).first().waitFor()
  expect(reads).toBe(2)
})

it('a server that is gone is told of, and what is shown is new once it is back', async () => {
  app = await openApp({ url: own.url })
  await app.go('/products/1')
  await app.page.getByRole('heading', { name: 'Where it is' }).waitFor()
  await app.page.locator('.recharts-surface').first().waitFor() // all parts of the page have been loaded
  await own.kill()
  await app.page.getByText('No connection to the server.').waitFor({ timeout: 20_000 })
  await app.expectAccessible()
  await own.restart()
  await app.page.getByText('No connection to the server.').waitFor({ state: 'detached', timeout: 20_000 })
  const body = JSON.stringify({ product_id: 1, warehouse: 'MAIN', delta: 1000, reason: 'found' })
  const headers = { 'Content-Type': 'application/json' }
  await fetch(`${own.url}/stock-adjustments`, { method: 'POST', headers, body })
  await app.page
    .getByRole('cell', { name: /^1,0\d\d$/ })
    .first()
    .waitFor()
  app.forgive(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET/)
})

it('a page whose code has yet to come says that the server is away, and appears once it is back', async () => {
  app = await openApp({ url: own.url })
  await app.go('/products')
  await own.kill()
  await app.page.getByRole('link', { name: 'Ledger' }).click()
  await app.page.getByRole('heading', { name: 'The server is not reached' }).waitFor()
  await app.expectAccessible()
  await own.restart()
  await app.page.getByRole('heading', { level: 1, name: 'Ledger' }).waitFor({ timeout: 20_000 })
  app.forgive(
    /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|preload assets|PageNotLoaded|not loaded/,
  )
})
