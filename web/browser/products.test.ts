import { readFileSync } from 'node:fs'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Product, ProductPage } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

function row(name: string) {
  return app.page.getByRole('row').filter({ hasText: name })
}

function product(id: number): Promise<Product> {
  return call('GET', `/products/${id}`)
}

describe('the list', () => {
  it('finds while one types, and keeps the words in the address', async () => {
    const one = await makeProduct({ name: 'Zebra striped teacup' })
    app = await openApp()
    await app.go('/products')
    await app.page.getByRole('searchbox').pressSequentially('zebra tea', { delay: 90 })
    await row(one.name).waitFor()
    await expect.poll(() => app.page.getByRole('row').count()).toBe(2) // and the head
    expect(new URL(app.page.url()).searchParams.get('q')).toBe('zebra tea')
    await app.page.reload()
    await row(one.name).waitFor()
    await expect.poll(() => app.page.getByRole('searchbox').inputValue()).toBe('zebra tea')
  })

  it('orders by a column, and shows what runs low, as the API does', async () => {
    app = await openApp()
    await app.go('/products')
    await app.page.getByRole('button', { name: 'Price', exact: true }).click()
    await app.page.waitForURL(/sort=price/)
    const cheapest = await call<ProductPage>('GET', '/products?sort=price&limit=1')
    await expect.poll(() => app.page.getByRole('row').nth(1).textContent()).toContain(cheapest.items[0]?.name)

    await app.page.getByText('Low stock', { exact: true }).click()
    await app.page.waitForURL(/low_stock=true/)
    const low = await call<ProductPage>('GET', '/products?low_stock=true&limit=200')
    await expect.poll(() => app.page.getByRole('row').count()).toBe(low.items.length + 1)
  })

  it('is walked by arrow keys, and Enter opens', async () => {
    app = await openApp()
    await app.go('/products?sort=sku')
    const [, second] = (await call<ProductPage>('GET', '/products?sort=sku&limit=2')).items
    await app.page.getByRole('row').nth(1).focus()
    await app.page.keyboard.press('ArrowDown')
    await expect
      .poll(() => app.page.evaluate(() => document.activeElement?.textContent))
      .toContain(second?.name)
    await app.page.keyboard.press('Enter')
    await app.page.getByRole('heading', { level: 1, name: second?.name ?? '' }).waitFor()
  })

  it('reads on while one scrolls', async () => {
    for (let n = 0; n < 130; n++) await makeProduct({ name: `Scroll item ${String(n).padStart(3, '0')}` })
    app = await openApp()
    await app.go('/products?q=scroll&sort=name')
    await row('Scroll item 000').waitFor()
    await expect.poll(() => app.page.getByRole('row').count()).toBeLessThan(60) // only what is seen is drawn
    await app.page.getByRole('row').nth(1).focus()
    await expect
      .poll(async () => {
        await app.page.keyboard.press('End')
        return row('Scroll item 129').count()
      })
      .toBe(1)
  })
})

describe('a cell', () => {
  it('is edited in place by the keyboard', async () => {
    const one = await makeProduct({ price: '10.00', reorder_point: 3 })
    app = await openApp()
    await app.go(`/products?q=${one.sku}`)
    await app.page.getByRole('button', { name: `Price of ${one.name}` }).press('Enter')
    await app.page.getByRole('textbox', { name: `Price: ${one.name}` }).fill('12,50')
    await app.page.keyboard.press('Enter')
    await row(one.name).getByText('€12.50').waitFor()
    expect((await product(one.id)).price).toBe('12.50')

    await app.page.getByRole('button', { name: `Reorder at of ${one.name}` }).click()
    await app.page.getByRole('textbox', { name: `Reorder at: ${one.name}` }).fill('7')
    await app.page.keyboard.press('Enter')
    await expect.poll(async () => (await product(one.id)).reorder_point).toBe(7)
  })

  it('is not overwritten by who has not seen what others changed', async () => {
    const one = await makeProduct({ price: '10.00' })
    app = await openApp({ expectedStatus: [412] })
    await app.go(`/products?q=${one.sku}`)
    await app.page.getByRole('button', { name: `Price of ${one.name}` }).click()
    const theirs = { price: '11.00', reorder_point: 77 }
    await call('PATCH', `/products/${one.id}`, theirs, { 'If-Match': '*' })
    // The list has heard of it; the person has not, in whose field the price stands.
    await app.page
      .getByRole('button', { name: `Reorder at of ${one.name}` })
      .getByText('77', { exact: true })
      .waitFor()
    await app.page.getByRole('textbox', { name: `Price: ${one.name}` }).fill('12.00')
    await app.page.keyboard.press('Enter')
    await app.page.getByText(/Somebody changed it meanwhile; now it is 11.00/).waitFor()
    expect((await product(one.id)).price).toBe('11.00')
    await app.page.keyboard.press('Enter')
    await expect.poll(async () => (await product(one.id)).price).toBe('12.00')
  })
})

describe('many at once', () => {
  it('get new prices, after a look at what it does', async () => {
    const name = `Bulk ${process.pid}`
    const made = [
      await makeProduct({ name: `${name} a`, price: '10.00' }),
      await makeProduct({ name: `${name} b`, price: '20.00' }),
    ]
    app = await openApp()
    await app.go(`/products?q=${encodeURIComponent(name)}`)
    await row(`${name} b`).waitFor()
    await app.page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
    await app.page.getByRole('button', { name: 'Change prices' }).click()
    await app.page.getByLabel('Change in percent').fill('10')
    await app.page.getByLabel('Reason').fill('spring')
    await app.page.getByRole('button', { name: 'Show what it does' }).click()
    await app.page.getByText('€22.00').waitFor()
    expect((await product(made[1]?.id ?? 0)).price).toBe('20.00')
    await app.expectAccessible()
    await app.page.getByRole('button', { name: 'Change 2 prices' }).click()
    await app.page.getByText('2 prices are changed').waitFor()
    expect(await Promise.all(made.map(async ({ id }) => (await product(id)).price))).toEqual([
      '11.00',
      '22.00',
    ])
  })

  it('are archived; those that hold stock stay, and say why', async () => {
    const name = `Old ${process.pid}`
    const empty = await makeProduct({ name: `${name} empty` })
    const full = await makeProduct({ name: `${name} full`, on_hand: 5 })
    app = await openApp({ expectedStatus: [409] })
    await app.go(`/products?q=${encodeURIComponent(name)}`)
    await row(full.name).waitFor()
    await app.page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
    await app.page.getByRole('button', { name: 'Archive', exact: true }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Archive', exact: true }).click()
    await app.page.getByRole('alert').getByText(full.name).waitFor()
    const left = await call<ProductPage>('GET', `/products?q=${encodeURIComponent(name)}`)
    expect(left.items.map(({ id }) => id)).toEqual([full.id])
    expect(empty.id).not.toBe(full.id)
  })

  it('are saved as CSV with the columns that are shown', async () => {
    const one = await makeProduct({ name: '=Formula, "quoted"', price: '1.10' })
    app = await openApp()
    await app.go(`/products?q=${one.sku}`)
    await row('Formula').waitFor()
    const [download] = await Promise.all([
      app.page.waitForEvent('download'),
      app.page.getByRole('button', { name: 'Export' }).click(),
    ])
    const lines = readFileSync(await download.path(), 'utf8').split('\r\n')
    expect(lines[0]).toBe('\ufeffname,sku,category,price,currency,on_hand,available,incoming,reorder_point')
    expect(lines[1]).toBe(`"'=Formula, ""quoted""",${one.sku},Uncategorised,1.10,EUR,0,0,0,`)
  })
})

describe('the form', () => {
  it('shows what the server refuses at its field, then creates', async () => {
    const taken = await makeProduct()
    const sku = `${taken.sku}-NEW`
    app = await openApp({ expectedStatus: [409, 422] })
    await app.go('/products')
    await app.page.getByRole('button', { name: 'New product' }).click()
    const dialog = app.page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('A kettle')
    await dialog.getByLabel('SKU').fill(taken.sku)
    await dialog.getByLabel('Price').fill('-1')
    await app.expectAccessible()
    await dialog.getByRole('button', { name: 'Create product' }).click()
    await expect.poll(() => dialog.getByLabel('Price').getAttribute('aria-invalid')).toBe('true')
    await dialog.getByLabel('Price').fill('24,90')
    await dialog.getByRole('button', { name: 'Create product' }).click()
    await dialog.getByText('Another product has this SKU already.').waitFor()
    await dialog.getByLabel('SKU').fill(sku)
    await dialog.getByLabel('Opening stock').fill('4')
    await dialog.getByRole('button', { name: 'Create product' }).click()
    await app.page.getByRole('heading', { level: 1, name: 'A kettle' }).waitFor()
    const [made] = (await call<ProductPage>('GET', `/products?sku=${sku}`)).items
    expect(made).toMatchObject({ name: 'A kettle', price: '24.90', on_hand: 4 })
  })
})

it('the form tells what somebody else changed, and keeps both', async () => {
  const one = await makeProduct({ price: '10.00', name: 'Before' })
  app = await openApp({ expectedStatus: [412] })
  await app.go(`/products/${one.id}`)
  await app.page.getByRole('button', { name: 'Edit', exact: true }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Description').fill('Mine')
  await call('PATCH', `/products/${one.id}`, { price: '11.00' }, { 'If-Match': '*' })
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByText('Somebody changed this meanwhile: Price: €10.00 → €11.00.').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await product(one.id)).toMatchObject({ price: '11.00', description: 'Mine' })
})

it('amounts are shown in fields, and read there, as people of the language write them', async () => {
  const one = await makeProduct({ price: '1234.50', unit: 'kg', reorder_point: 2.5 })
  app = await openApp({ locale: 'de-DE' })
  await app.go(`/products/${one.id}`)
  await app.page.getByRole('button', { name: 'Bearbeiten', exact: true }).click()
  const dialog = app.page.getByRole('dialog')
  expect(await dialog.getByLabel('Preis').inputValue()).toBe('1234,50')
  expect(await dialog.getByLabel('Meldebestand').inputValue()).toBe('2,5')
  await dialog.getByLabel('Preis').press('End')
  await dialog.getByLabel('Preis').pressSequentially('0', { delay: 90 }) // what is typed stays as it is typed
  expect(await dialog.getByLabel('Preis').inputValue()).toBe('1234,500')
  await dialog.getByLabel('Preis').fill('1.250,75')
  await dialog.getByLabel('Meldebestand').fill('1,5')
  await dialog.getByRole('button', { name: 'Speichern' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect(await product(one.id)).toMatchObject({ price: '1250.75', reorder_point: 1.5 })

  await app.go(`/products/${one.id}?tab=prices`)
  await app.page.getByRole('button', { name: 'Preis ändern' }).click()
  const price = dialog.getByLabel('Neuer Preis')
  expect(await price.inputValue()).toBe('1250,75')
  await price.fill('1.300')
  await dialog.getByRole('button', { name: 'Speichern' }).click()
  await dialog.waitFor({ state: 'detached' })
  expect((await product(one.id)).price).toBe('1300.00')

  await app.go(`/products?q=${one.sku}`)
  await app.page.getByRole('button', { name: `Preis von ${one.name}` }).click()
  const cell = app.page.getByRole('textbox', { name: `Preis: ${one.name}` })
  expect(await cell.inputValue()).toBe('1300,00')
  await cell.fill('99,9')
  await cell.press('Enter')
  await expect.poll(async () => (await product(one.id)).price).toBe('99.90')
})

describe('the page of a product', () => {
  it('shows its parts, all accessible, on a desk and a phone', async () => {
    for (const viewport of [undefined, PHONE]) {
      app = await openApp(viewport ? { viewport } : {})
      for (const tab of ['stock', 'card', 'prices', 'supply', 'reservations']) {
        await app.go(`/products/1?tab=${tab}`)
        await app.page.waitForLoadState('networkidle')
        await app.expectAccessible()
        const width = await app.page.evaluate(() => document.documentElement.scrollWidth)
        expect(width, tab).toBeLessThanOrEqual(app.page.viewportSize()?.width ?? 0)
      }
      if (!viewport) await app.close()
    }
  })

  it('shows where stock was at an earlier time', async () => {
    const one = await makeProduct({ on_hand: 6 })
    app = await openApp()
    await app.go(`/products/${one.id}`)
    await app.page.getByRole('heading', { name: 'Where it is' }).waitFor()
    await app.page.getByRole('cell', { name: '6', exact: true }).first().waitFor()
    await app.page.getByRole('slider').press('ArrowLeft') // the evening of yesterday
    await app.page.getByText('There is none of it anywhere.').waitFor()
  })

  it('shows what others change without a reload', async () => {
    const one = await makeProduct({ on_hand: 6 })
    app = await openApp()
    await app.go(`/products/${one.id}?tab=card`)
    await app.page.getByRole('region', { name: 'Stock card' }).getByText('+6').waitFor()
    await call('POST', '/stock-adjustments', { product_id: one.id, delta: -2, reason: 'broken' })
    await app.page.getByRole('region', { name: 'Stock card' }).getByText('−2').waitFor()
  })

  it('schedules a price and takes it back', async () => {
    const one = await makeProduct({ price: '10.00' })
    await call('POST', `/products/${one.id}/prices`, {
      price: '9.00',
      effective_from: '2099-01-01T00:00:00Z',
    })
    app = await openApp()
    await app.go(`/products/${one.id}?tab=prices`)
    await app.page.getByText('Scheduled').waitFor()
    await app.page.getByRole('button', { name: 'Take back' }).click()
    await app.page.getByText('The scheduled price is taken back').waitFor()
    await app.page.getByRole('button', { name: 'Change price' }).click()
    await app.page.getByLabel('New price').fill('11')
    await app.page.getByRole('button', { name: 'Save' }).click()
    await app.page.getByText('The price is saved').waitFor()
    expect((await product(one.id)).price).toBe('11.00')
    const prices = await call<{ items: unknown[] }>('GET', `/products/${one.id}/prices`)
    expect(prices.items.length).toBe(2)
  })
})

for (const [path, width, locale] of [
  ['/products', 1024, 'en-GB'],
  ['/products', 1280, 'en-GB'],
  ['/stock-movements', 1024, 'en-GB'],
  ['/suppliers/1', 1024, 'de-DE'],
  ['/suppliers/1', 390, 'de-DE'],
  ['/purchase-orders', 390, 'de-DE'],
  ['/warehouses', 390, 'de-DE'],
] as const) {
  it(`${path} shows its figures at ${width} pixels without scrolling sideways (${locale})`, async () => {
    app = await openApp({ viewport: { width, height: 768 }, locale })
    await app.go(path)
    await app.page.getByRole('row').nth(1).waitFor()
    const tooWide = await app.page.evaluate(() =>
      [...document.querySelectorAll('main *')]
        .filter(element => /auto|scroll/.test(getComputedStyle(element).overflowX))
        .map(element => element.scrollWidth - element.clientWidth),
    )
    expect(Math.max(0, ...tooWide)).toBe(0)
  })
}

it('names of what to order have two lines at most at 1024 pixels, and rows of locations one on a phone', async () => {
  const heights = (page: AppPage, name: RegExp) =>
    page.page
      .getByRole('row', { name })
      .evaluateAll(rows => rows.map(row => Math.round(row.getBoundingClientRect().height)))
  app = await openApp({ viewport: { width: 1024, height: 768 } })
  await app.go('/replenishment')
  await app.page.getByRole('row').nth(1).waitFor()
  // Two lines of a name, one of its SKU.
  for (const height of await heights(app, /Why/)) expect(height).toBeLessThanOrEqual(76)
  await app.close()
  app = await openApp({ viewport: PHONE, isMobile: true, hasTouch: true, locale: 'de-DE' })
  await app.go('/warehouses')
  await app.page.getByRole('row').nth(1).waitFor()
  const rows = await heights(app, /A-0\d/)
  expect(rows.length).toBeGreaterThan(0)
  // One button that a finger can press.
  for (const height of rows) expect(height).toBeLessThanOrEqual(64)
  await app.page.getByRole('button', { name: 'Aktionen: A-02' }).click()
  await app.page.getByRole('menuitem', { name: 'A-02 bearbeiten' }).click()
  await app.page.getByRole('dialog', { name: 'A-02 bearbeiten' }).waitFor()
})
