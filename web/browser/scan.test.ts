import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Location, Product, StockLevel, StockMovementPage } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, atOnce, closeBrowser, hold, openApp, PHONE } from './harness'
import { type Server, startServer } from './server'

let app: AppPage
let own: Server
beforeAll(async () => {
  own = await startServer()
})
afterEach(() => app.close())
afterAll(async () => {
  await closeBrowser()
  await own.stop()
})

let made = 0
function makeLocation(): Promise<Location> {
  made += 1
  const code = `S-${process.pid}-${made}`
  return call('POST', '/locations', { warehouse: 'MAIN', code, kind: 'storage' })
}

async function heldAt(product: Product, location: Location): Promise<number> {
  const { items } = await call<{ items: StockLevel[] }>('GET', `/products/${product.id}/levels`)
  return items.find(level => level.location_id === location.id)?.on_hand ?? 0
}

async function movements(product: Product, kind: string) {
  const query = `product_id=${product.id}&kind=${kind}`
  return (await call<StockMovementPage>('GET', `/stock-movements?${query}`)).items
}

async function mode(name: string): Promise<void> {
  await app.page.getByRole('radiogroup', { name: 'What scans are for' }).getByText(name).click()
}

describe('looking up', () => {
  it('shows where a product is, scan after scan', async () => {
    const [one, two] = [await makeProduct({ on_hand: 7 }), await makeProduct({ on_hand: 8 })]
    app = await openApp()
    await app.go('/scan')
    await app.scan(one.sku)
    await app.page.getByRole('heading', { name: one.name }).waitFor()
    await app.scan(two.sku)
    await app.page.getByRole('heading', { name: two.name }).waitFor()
    await app.page.getByText('8 on hand, 8 available').first().waitFor()
    await app.expectAccessible()
  })
})

describe('receiving', () => {
  it('counts up what is scanned at a location, undoes the last, and enters one movement', async () => {
    const [one, two, shelf] = [await makeProduct(), await makeProduct(), await makeLocation()]
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    for (const code of [shelf.code, one.sku, one.sku, two.sku, two.sku]) await app.scan(code)
    const total = app.page.getByText('4 units of 2 products')
    await total.waitFor()
    await app.page.getByRole('button', { name: 'Undo' }).click()
    await app.page.getByText('3 units of 2 products').waitFor()
    await app.expectAccessible()
    await app.page.getByRole('button', { name: 'Finish' }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Enter it' }).click()
    await app.page.getByText('Everything that was scanned is entered.').waitFor()
    expect([await heldAt(one, shelf), await heldAt(two, shelf)]).toEqual([2, 1])
    expect((await movements(one, 'receipt')).map(movement => movement.lines.length)).toEqual([2])
  })

  it('counts what was set for one scan for that one, and puts it where it was scanned, however late it is found', async () => {
    const [one, two, shelf] = [await makeProduct(), await makeProduct(), await makeLocation()]
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    await app.scan(shelf.code)
    await app.page.getByRole('button', { name: new RegExp(shelf.code) }).waitFor()
    for (let n = 0; n < 2; n++) await app.page.getByRole('button', { name: 'One more per scan' }).click()
    const release = await hold(app.page, 'GET', '**/products?*')
    await app.scan(one.sku)
    await app.scan(two.sku)
    // Meanwhile the person has gone on, and chooses where by a touch.
    await app.page.getByRole('button', { name: new RegExp(shelf.code) }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Choose', exact: true }).click()
    release()
    await app.page.getByText('4 units of 2 products').waitFor()
    await app.page.getByRole('button', { name: 'Finish' }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Enter it' }).click()
    await app.page.getByText('Everything that was scanned is entered.').waitFor()
    expect([await heldAt(one, shelf), await heldAt(two, shelf)]).toEqual([3, 1])
  })

  it('enters what was shown, once: neither a scan in that moment nor a second press changes that', async () => {
    const [one, shelf] = [await makeProduct(), await makeLocation()]
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    for (const code of [shelf.code, one.sku]) await app.scan(code)
    await app.page.getByText('1 unit of 1 product', { exact: true }).waitFor()
    await app.page.getByRole('button', { name: 'Finish' }).click()
    const dialog = app.page.getByRole('dialog')
    const enter = dialog.getByRole('button', { name: 'Enter it' })
    await enter.waitFor()
    await atOnce(app.page, one.sku, enter)
    await dialog.getByText('2 units of 1 product', { exact: true }).waitFor()
    expect(await heldAt(one, shelf)).toBe(0)
    await atOnce(app.page, enter, enter)
    await app.page.getByText('Everything that was scanned is entered.').waitFor()
    expect(await heldAt(one, shelf)).toBe(2)
  })

  it('enters each scan at once where that is wanted, and undoes it', async () => {
    const [one, shelf] = [await makeProduct(), await makeLocation()]
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    await app.page.getByText('At once').click()
    for (const code of [shelf.code, one.sku, one.sku]) await app.scan(code)
    await expect.poll(() => heldAt(one, shelf)).toBe(2)
    await app.page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => heldAt(one, shelf)).toBe(1)
    await expect.poll(async () => (await movements(one, 'reversal')).length).toBe(1)
  })

  it('lets people look something up amid it, and goes on where it was', async () => {
    const [one, two, shelf] = [await makeProduct(), await makeProduct(), await makeLocation()]
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    for (const code of [shelf.code, one.sku, one.sku]) await app.scan(code)
    await app.page.getByText('2 units of 1 product', { exact: true }).waitFor()
    await mode('Look up')
    await app.scan(two.sku)
    await app.page.getByRole('heading', { name: two.name }).waitFor()
    await app.page.reload() // closed by mistake
    await expect.poll(() => app.page.getByRole('radio', { name: 'Count' }).isDisabled()).toBe(true)
    await mode('Receive')
    await app.page.getByText('2 units of 1 product', { exact: true }).waitFor()
    await app.scan(one.sku)
    await app.page.getByText('3 units of 1 product', { exact: true }).waitFor()
    await app.page.getByRole('button', { name: 'Finish' }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Enter it' }).click()
    await expect.poll(() => heldAt(one, shelf)).toBe(3)
  })

  it('keeps what was scanned when the page is closed by mistake', async () => {
    const [one, shelf] = [await makeProduct(), await makeLocation()]
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    for (const code of [shelf.code, one.sku, one.sku]) await app.scan(code)
    await app.page.getByText('2 units of 1 product', { exact: true }).waitFor()
    await app.page.reload()
    await app.page.getByText('2 units of 1 product', { exact: true }).waitFor()
  })
})

describe('counting a shelf', () => {
  it('by keyboard and scanner: enters what was counted, and what was not found as 0', async () => {
    const shelf = await makeLocation()
    const [one, gone] = [await makeProduct(), await makeProduct()]
    for (const product of [one, gone]) {
      const body = { product_id: product.id, location_id: shelf.id, counted: 5, reason: 'count' }
      await call('POST', '/stock-adjustments', body)
    }
    app = await openApp()
    await app.go('/scan')
    await app.page.getByRole('radio', { name: 'Look up' }).focus()
    await app.page.keyboard.press('ArrowRight')
    for (const code of [shelf.code, one.sku, one.sku, one.sku]) await app.scan(code)
    await app.page.getByText('system says 5').waitFor()
    await app.page.getByRole('button', { name: 'Finish' }).focus()
    await app.page.keyboard.press('Enter')
    const dialog = app.page.getByRole('dialog')
    await dialog.getByText(gone.name).waitFor()
    await app.expectAccessible()
    await dialog.getByRole('button', { name: 'Count them as 0' }).press('Enter')
    await dialog.getByRole('button', { name: 'Enter it' }).press('Enter')
    await expect.poll(() => heldAt(one, shelf)).toBe(3)
    await expect.poll(() => heldAt(gone, shelf)).toBe(0)
  })

  it('asks when somebody has changed it meanwhile', async () => {
    const [one, shelf] = [await makeProduct(), await makeLocation()]
    const change = (counted: number) =>
      call('POST', '/stock-adjustments', { product_id: one.id, location_id: shelf.id, counted, reason: 'x' })
    await change(12)
    app = await openApp({ expectedStatus: [409] })
    await app.go('/scan')
    await mode('Count')
    for (const code of [shelf.code, one.sku, one.sku]) await app.scan(code)
    await app.page.getByText('2 units of 1 product', { exact: true }).waitFor()
    await change(9)
    await app.page.getByRole('button', { name: 'Finish' }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Enter it' }).click()
    await app.page.getByRole('button', { name: 'Decide' }).click()
    const dialog = app.page.getByRole('dialog', { name: 'It changed meanwhile: 12 → 9' })
    expect(await heldAt(one, shelf)).toBe(9)
    await dialog.getByRole('button', { name: 'Enter it all the same: 9 → 2' }).click()
    await expect.poll(() => heldAt(one, shelf)).toBe(2)
  })
})

describe('counting by lots', () => {
  it('names the lot by its label, in a dialog that a scan goes to, and counts the next ones there too', async () => {
    const [one, shelf] = [await makeProduct(), await makeLocation()]
    const lots = [`A-${process.pid}`, `B-${process.pid}`]
    for (const lot of lots) {
      const line = { product_id: one.id, location_id: shelf.id, quantity: 5, lot }
      await call('POST', '/stock-movements', { kind: 'receipt', lines: [line] })
    }
    app = await openApp()
    await app.go('/scan?mode=count')
    for (const code of [shelf.code, one.sku, one.sku]) await app.scan(code)
    await app.page.getByText('system says 10').waitFor()
    await app.page.getByRole('button', { name: `Lot of ${one.name}`, exact: true }).press('Enter')
    const dialog = app.page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Lot' }).waitFor()
    await app.expectAccessible()
    await app.scan(lots[0] ?? '') // with the focus in the field of the dialog
    await dialog.waitFor({ state: 'detached' })
    await app.page.getByText('system says 5').waitFor()
    await app.scan(one.sku)
    await app.page.getByText('3 units of 1 product', { exact: true }).waitFor()
    // Some of another lot: it has to be named before the count is entered.
    await app.page.getByRole('button', { name: `Lot of ${one.name}: ${lots[0]}` }).click()
    await dialog.getByRole('button', { name: 'The next ones are of another lot' }).click()
    await app.scan(one.sku)
    await app.page.getByText('4 units of 1 product', { exact: true }).waitFor()
    await app.page.getByRole('button', { name: 'Finish' }).click()
    await dialog.getByText('was counted without its lot: name it first').waitFor()
    await app.expectAccessible()
    await app.page.keyboard.press('Escape')
    await app.page.getByRole('button', { name: `Lot of ${one.name}`, exact: true }).click()
    await dialog.getByRole('combobox', { name: 'Lot' }).pressSequentially(lots[1] ?? '', { delay: 90 })
    await app.page.keyboard.press('Enter')
    await app.page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await app.page.getByRole('button', { name: 'Finish' }).click()
    await dialog.getByRole('button', { name: 'Enter it' }).click()
    await app.page.getByText('Everything that was scanned is entered.').waitFor()
    const { items } = await call<{ items: StockLevel[] }>('GET', `/products/${one.id}/levels`)
    expect(items.map(level => [level.lot, level.on_hand]).sort()).toEqual([
      [lots[0], 3],
      [lots[1], 1],
    ])
  })
})

it('a gun that is set to a prefix and Tab is read so, in a field and in a dialog, and typing is not', async () => {
  const [one, shelf] = [await makeProduct(), await makeLocation()]
  app = await openApp()
  await app.go('/scan?mode=receive')
  await app.page.getByRole('button', { name: 'Account' }).click()
  await app.page.getByRole('menuitem', { name: 'Scanner settings' }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Prefix').fill('~')
  await dialog.getByRole('combobox', { name: 'Ends with' }).click()
  await app.page.getByRole('option', { name: 'Tab' }).click()
  await app.scan(`~${one.sku}`, 'Tab') // in the dialog: to try it
  await dialog.getByText(`Read: ${one.sku}`).waitFor()
  await app.page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await app.scan(`~${shelf.code}`, 'Tab')
  await app.page.getByRole('button', { name: new RegExp(shelf.code) }).waitFor()
  const field = app.page.getByLabel('Type a code')
  await field.focus()
  await app.scan(`~${one.sku}`, 'Tab')
  await app.page.getByText('1 unit of 1 product', { exact: true }).waitFor()
  await expect.poll(() => field.inputValue()).toBe('')
  await app.scan(one.sku, 'Tab') // without its prefix it is no scan
  await app.page.waitForTimeout(300)
  await app.page.getByText('1 unit of 1 product', { exact: true }).waitFor()
})

it('moving takes from the first label to the next', async () => {
  const [from, to] = [await makeLocation(), await makeLocation()]
  const one = await makeProduct()
  await call('POST', '/stock-adjustments', {
    product_id: one.id,
    location_id: from.id,
    delta: 4,
    reason: 'x',
  })
  app = await openApp()
  await app.go('/scan')
  await mode('Move')
  for (const code of [from.code, to.code, one.sku, one.sku, one.sku]) await app.scan(code)
  await app.page.getByText('3 units of 1 product', { exact: true }).waitFor()
  await app.page.getByRole('button', { name: 'Finish' }).click()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Enter it' }).click()
  await expect.poll(() => heldAt(one, to)).toBe(3)
  expect(await heldAt(one, from)).toBe(1)
})

describe('an unknown barcode', () => {
  it('is given to a product and then counted, while the dialog stays open for it', async () => {
    const [one, shelf] = [await makeProduct({ barcode: null }), await makeLocation()]
    const barcode = `BC${process.pid}77`
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    await app.scan(shelf.code)
    await app.scan(barcode)
    const dialog = app.page.getByRole('dialog', { name: `Unknown code ${barcode}` })
    await dialog.waitFor()
    await app.scan(one.sku) // with the focus in the dialog: counted, and the dialog stays
    await app.page.getByText('1 unit of 1 product', { exact: true }).waitFor()
    await dialog.getByLabel('Give it to this product').fill(one.sku)
    await app.page.getByRole('option', { name: one.sku }).click()
    await app.page.getByText('2 units of 1 product', { exact: true }).waitFor()
    expect((await call<Product>('GET', `/products/${one.id}`)).barcode).toBe(barcode)
  })

  it('becomes a product', async () => {
    const shelf = await makeLocation()
    const barcode = `BC${process.pid}88`
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    await app.scan(shelf.code)
    await app.scan(barcode)
    await app.page.getByRole('button', { name: 'Create a product with this barcode' }).click()
    const dialog = app.page.getByRole('dialog')
    await expect.poll(() => dialog.getByLabel('Barcode').inputValue()).toBe(barcode)
    await dialog.getByLabel('Name').fill('Found on the shelf')
    await dialog.getByLabel('SKU').fill(`NEW-${process.pid}`)
    await dialog.getByLabel('Price').fill('1')
    await dialog.getByRole('button', { name: 'Create product' }).click()
    await app.page.getByText('1 unit of 1 product', { exact: true }).waitFor()
  })
})

describe('a server that is killed while people scan', () => {
  it('loses nothing and doubles nothing, known products and unknown codes alike', async () => {
    const headers = { 'Content-Type': 'application/json' }
    const post = async (path: string, body: object) => {
      const response = await fetch(own.url + path, { method: 'POST', headers, body: JSON.stringify(body) })
      expect(response.status).toBe(201)
      return response.json()
    }
    const read = async (path: string) => (await fetch(own.url + path)).json()
    const shelf: Location = await post('/locations', { warehouse: 'MAIN', code: 'KILL-1', kind: 'storage' })
    const product: Product = await post('/products', { sku: 'KILLED', name: 'Killed', price: '1' })
    const later: Product = await post('/products', { sku: 'LATER', name: 'Later', price: '1' })

    app = await openApp({ url: own.url })
    await app.go('/scan')
    await mode('Receive')
    await app.page.getByText('At once').click()
    await app.scan(shelf.code)
    const onHand = async (id: number) => (await read(`/products/${id}`)).on_hand
    for (let n = 0; n < 3; n++) await app.scan(product.sku)
    await expect.poll(() => onHand(product.id)).toBe(3)

    await app.scan(product.sku)
    await own.kill()
    for (let n = 0; n < 6; n++) await app.scan(product.sku)
    await app.scan(later.sku) // nobody can be asked what it is
    await app.page.getByText(/scans wait for the server/).waitFor()
    await own.restart()
    await app.page.getByText('Everything that was scanned is entered.').waitFor({ timeout: 30_000 })
    expect([await onHand(product.id), await onHand(later.id)]).toEqual([10, 1])
    const { items } = await read(`/stock-movements?product_id=${product.id}&kind=receipt`)
    expect(items.map((movement: { lines: { quantity: number }[] }) => movement.lines[0]?.quantity)).toEqual(
      Array.from({ length: 10 }, () => 1),
    )
    app.forgive(/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE/)
  })

  it('does what was lost with the answer once, by its key', async () => {
    const [one, shelf] = [await makeProduct(), await makeLocation()]
    app = await openApp()
    await app.go('/scan')
    await mode('Receive')
    await app.page.getByText('At once').click()
    const keys: (string | undefined)[] = []
    await app.page.route('**/stock-movements', async route => {
      if (route.request().method() !== 'POST') return route.continue()
      keys.push(route.request().headers()['idempotency-key'])
      if (keys.length > 1) return route.continue()
      await route.fetch() // it happens, and nobody hears of it
      await route.abort('connectionreset')
    })
    for (const code of [shelf.code, one.sku]) await app.scan(code)
    await app.page.getByText('Everything that was scanned is entered.').waitFor()
    expect(keys.length).toBe(2)
    expect(keys[1]).toBe(keys[0])
    expect(await heldAt(one, shelf)).toBe(1)
    app.forgive(/ERR_CONNECTION_RESET/)
  })
})

it('on a phone has its buttons within the reach of a thumb, and is accessible', async () => {
  app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
  await app.go('/scan')
  await app.page.getByText('Receive', { exact: true }).tap()
  const box = await app.page.getByRole('button', { name: 'Finish' }).boundingBox()
  expect(box?.y).toBeGreaterThan(PHONE.height * 0.7)
  expect(box?.height).toBeGreaterThanOrEqual(56)
  expect(await app.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await app.expectAccessible()
})
