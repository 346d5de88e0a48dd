import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Location, Product, StockLevel } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'
import { startServer } from './server'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

async function onHand(product: Product): Promise<number> {
  return (await call<Product>('GET', `/products/${product.id}`)).on_hand
}

async function at(product: Product, location: Location): Promise<number> {
  const query = `product_id=${product.id}&location_id=${location.id}`
  const { items } = await call<{ items: StockLevel[] }>('GET', `/stock-levels?${query}`)
  return items.reduce((sum, level) => sum + level.on_hand, 0)
}

let places = 0
function makeLocation(): Promise<Location> {
  places += 1
  return call('POST', '/locations', { warehouse: 'MAIN', code: `S${process.pid}-${places}`, kind: 'storage' })
}

describe('continuous scanning', () => {
  it('brings in and takes out one per scan, and takes the last one back', async () => {
    const one = await makeProduct({ on_hand: 5 })
    app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
    await app.go('/scan?mode=receive&warehouse=MAIN')
    await app.expectAccessible()
    for (const count of [1, 2, 3]) {
      await app.scan(one.sku)
      await expect
        .poll(() => app.page.getByRole('listitem').filter({ hasText: one.name }).count())
        .toBe(count)
    }
    await expect.poll(() => onHand(one)).toBe(8)
    await app.page.getByRole('button', { name: 'Undo last' }).click()
    await app.page.getByText(`${one.name} is taken back`).waitFor()
    expect(await onHand(one)).toBe(7)
    await app.page.getByText('Issue', { exact: true }).click()
    await app.page.getByText('Each scan takes one out.').waitFor()
    await app.scan(one.sku)
    await expect.poll(() => onHand(one)).toBe(6)
  })

  it('says in large what is refused, and goes on', async () => {
    const [none, some] = [await makeProduct(), await makeProduct({ on_hand: 2 })]
    app = await openApp({ expectedStatus: [409] })
    await app.go('/scan?mode=issue&warehouse=MAIN')
    await app.scan(none.sku)
    await app.page.getByText(/There is not enough/).waitFor()
    await app.scan(some.sku)
    await expect.poll(() => onHand(some)).toBe(1)
    await app.scan('NOBODY-HAS-THIS')
    await app.page.getByText('NOBODY-HAS-THIS is not known').waitFor()
  })

  it('moves to the location that was scanned', async () => {
    const [one, shelf] = [await makeProduct({ on_hand: 4 }), await makeLocation()]
    app = await openApp()
    await app.go('/scan?mode=move&warehouse=MAIN')
    await app.scan(shelf.code)
    await app.page.getByText(`Location ${shelf.code}`).waitFor()
    await app.scan(one.sku)
    await app.scan(one.sku)
    await expect.poll(() => at(one, shelf)).toBe(2)
    expect(await onHand(one)).toBe(4)
  })

  it('loses and doubles nothing when the server is killed meanwhile', async () => {
    const own = await startServer()
    try {
      app = await openApp({ url: own.url })
      await app.go('/scan?mode=receive&warehouse=MAIN')
      const read = async () => ((await (await fetch(`${own.url}/products/1`)).json()) as Product).on_hand
      const before = await read()
      const { sku } = (await (await fetch(`${own.url}/products/1`)).json()) as Product
      await app.scan(sku)
      await expect.poll(read).toBe(before + 1)
      await own.kill()
      for (let n = 0; n < 3; n++) await app.scan(sku)
      await app.page.getByText('3 scans wait for the server').waitFor()
      await app.page.reload().catch(() => {}) // the page itself cannot be loaded now
      await own.restart()
      await app.go('/scan?mode=receive&warehouse=MAIN')
      await expect.poll(read, { timeout: 20_000 }).toBe(before + 4)
      await app.page.waitForTimeout(1500)
      expect(await read()).toBe(before + 4)
      app.forgive(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/)
    } finally {
      await own.stop()
    }
  })
})

describe('a count', () => {
  it('is scanned shelf by shelf and posted; what changed meanwhile is told, not overwritten', async () => {
    const [one, two, shelf] = [await makeProduct(), await makeProduct(), await makeLocation()]
    const put = (product: Product, delta: number) =>
      call('POST', '/stock-adjustments', {
        product_id: product.id,
        location_id: shelf.id,
        delta,
        reason: 'found',
      })
    await put(one, 5)
    await put(two, 1)
    app = await openApp({ expectedStatus: [409] })
    await app.go('/scan?mode=count&warehouse=MAIN')
    await app.scan(shelf.code)
    await app.page.getByText(`Location ${shelf.code}`).waitFor()
    for (const [product, count] of [
      [one, 1],
      [one, 2],
      [two, 1],
    ] as const) {
      await app.scan(product.sku)
      await app.page.getByText(`${product.name}: ${count}`).waitFor()
    }
    await app.expectAccessible()
    await app.page.getByLabel(`Counted: ${one.name}`).fill('4')
    await put(two, 3) // somebody puts three more there
    await app.page.getByRole('button', { name: 'Post 2 counts' }).click()
    await app.page.getByText('It changed meanwhile: 1 → 4.').waitFor()
    expect([await at(one, shelf), await at(two, shelf)]).toEqual([4, 4])
    await app.page.getByRole('button', { name: 'Post 1 count' }).click()
    await expect.poll(() => at(two, shelf)).toBe(1)
  })
})
