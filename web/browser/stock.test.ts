import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type {
  Location,
  Product,
  Reservation,
  StockLevel,
  StockMovementPage,
  StockTransfer,
  StockTransferSummaryPage,
} from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, atOnce, closeBrowser, hold, openApp, PHONE } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

function product(id: number): Promise<Product> {
  return call('GET', `/products/${id}`)
}

async function levels(id: number): Promise<StockLevel[]> {
  return (await call<{ items: StockLevel[] }>('GET', `/products/${id}/levels`)).items
}

/** Picks a product in the field with this label by typing its SKU. */
async function pick(label: string, one: Product): Promise<void> {
  const field = app.page.getByRole('combobox', { name: label, exact: true })
  await field.fill(one.sku)
  await app.page.getByRole('option', { name: one.sku }).click()
}

describe('adjust', () => {
  it('counts a product after showing what it will do', async () => {
    const one = await makeProduct({ on_hand: 12 })
    app = await openApp()
    await app.go('/stock')
    await pick('Product', one)
    await app.page.getByText('On hand here: 12, of it reserved: 0').waitFor()
    await app.page.getByLabel('Counted quantity').fill('9')
    await app.page.getByRole('combobox', { name: 'Reason' }).fill('damaged')
    const preview = app.page.getByRole('region', { name: 'Preview' })
    await preview.getByText('9 available after it').waitFor()
    expect((await product(one.id)).on_hand).toBe(12) // nothing has happened yet
    await app.page.getByRole('button', { name: 'Adjust', exact: true }).click()
    await app.page.getByText(`${one.name}: 12 → 9`).waitFor()
    expect((await product(one.id)).on_hand).toBe(9)
    const { items } = await call<StockMovementPage>('GET', `/stock-movements?product_id=${one.id}`)
    expect([items.length, items[0]?.reason]).toEqual([2, 'damaged'])
  })

  it('works by the keyboard and a scanner alone, with the focus in a text field', async () => {
    const one = await makeProduct({ on_hand: 5 })
    app = await openApp()
    await app.go('/stock')
    await app.page.getByLabel('Note').focus()
    await app.scan(one.sku)
    await app.page.getByText('On hand here: 5').waitFor()
    await expect.poll(() => app.page.getByLabel('Note').inputValue()).toBe('')
    await app.page.getByLabel('Counted quantity').focus()
    await app.page.keyboard.type('7', { delay: 90 })
    await app.page.getByRole('combobox', { name: 'Reason' }).focus()
    await app.page.keyboard.type('found', { delay: 90 })
    await app.page.keyboard.press('Escape')
    await app.page.keyboard.press('Enter')
    await app.page.getByText(`${one.name}: 5 → 7`).waitFor()
    expect((await product(one.id)).on_hand).toBe(7)
  })

  it('waits for what lies there, and is meant for that, if somebody is faster', async () => {
    const one = await makeProduct({ on_hand: 12 })
    app = await openApp()
    const release = await hold(app.page, 'GET', '**/levels?*')
    await app.go(`/stock?product=${one.id}`)
    await app.page.getByLabel('Counted quantity').fill('9')
    await app.page.getByRole('combobox', { name: 'Reason' }).fill('count')
    await app.page.keyboard.press('Enter') // nothing is known yet that it could be compared with
    release()
    await app.page.getByText('On hand here: 12').waitFor()
    expect((await product(one.id)).on_hand).toBe(12)
    await app.page.getByRole('button', { name: 'Adjust', exact: true }).click()
    await app.page.getByText(`${one.name}: 12 → 9`).waitFor()
  })

  it('goes to the place that was scanned after the product, however late the product is found', async () => {
    const one = await makeProduct({ on_hand: 12 })
    const code = `W-${process.pid}-1`
    const shelf = await call<Location>('POST', '/locations', { warehouse: 'MAIN', code, kind: 'storage' })
    app = await openApp()
    await app.go('/stock')
    const location = app.page.getByRole('combobox', { name: 'Location', exact: true })
    await location.click() // the locations are known
    await app.page.getByRole('option', { name: code }).waitFor()
    await app.page.keyboard.press('Escape')
    const release = await hold(app.page, 'GET', '**/products?*')
    await app.scan(one.sku)
    await app.scan(code)
    release()
    await app.page.getByText('On hand here: 0').waitFor()
    await expect.poll(() => location.inputValue()).toContain(code)
    await app.page.getByLabel('Counted quantity').fill('2')
    await app.page.getByRole('combobox', { name: 'Reason' }).fill('found')
    await app.page.getByRole('button', { name: 'Adjust', exact: true }).click()
    await app.page.getByText(`${one.name}: 0 → 2`).waitFor()
    const held = (await levels(one.id)).map(level => [level.location_id === shelf.id, level.on_hand])
    expect(held).toHaveLength(2)
    expect(held).toContainEqual([true, 2])
  })

  it('is of the product that was typed, and not of one that was found for fewer letters', async () => {
    const name = `Lookalike ${process.pid}`
    for (const more of ['A', 'B']) await makeProduct({ name: `${name} ${more}` })
    app = await openApp()
    await app.go('/stock')
    await app.page.getByRole('combobox', { name: 'Product', exact: true }).focus()
    await app.page.keyboard.type(`${name} `, { delay: 90 })
    await app.page.getByRole('option', { name: `${name} A` }).waitFor()
    const release = await hold(app.page, 'GET', '**/products?*')
    await app.page.keyboard.type('b', { delay: 90 })
    await app.page.getByRole('option', { name: `${name} A` }).waitFor({ state: 'detached' })
    await app.page.keyboard.press('ArrowDown')
    await app.page.keyboard.press('Enter')
    release()
    await app.page.getByRole('link', { name: `${name} B` }).waitFor()
  })

  it('of two people the second is told what changed, and decides', async () => {
    const one = await makeProduct({ on_hand: 12 })
    app = await openApp({ expectedStatus: [409] })
    await app.go(`/stock?product=${one.id}`)
    await app.page.getByText('On hand here: 12').waitFor()
    await app.page.getByText('Change by').click()
    await app.page.getByLabel('Change (− takes away)').fill('-2')
    await app.page.getByRole('combobox', { name: 'Reason' }).fill('damaged')

    const other = await openApp()
    await other.go(`/stock?product=${one.id}`)
    await other.page.getByText('On hand here: 12').waitFor()
    await other.page.getByLabel('Counted quantity').fill('9')
    await other.page.getByRole('combobox', { name: 'Reason' }).fill('count')
    await other.page.getByRole('button', { name: 'Adjust', exact: true }).click()
    await other.page.getByText(`${one.name}: 12 → 9`).waitFor()
    await other.close()

    await app.page.getByRole('button', { name: 'Adjust', exact: true }).click()
    const dialog = app.page.getByRole('dialog', { name: 'It changed meanwhile: 12 → 9' })
    await dialog.waitFor()
    await app.expectAccessible()
    expect((await product(one.id)).on_hand).toBe(9)
    await dialog.getByRole('button', { name: 'Enter it all the same: 9 → 7' }).click()
    await app.page.getByText(`${one.name}: 9 → 7`).waitFor()
    expect((await product(one.id)).on_hand).toBe(7)
  })
})

describe('receive and issue', () => {
  it('receives what is scanned, as one movement, and undoes it', async () => {
    const [one, two] = [await makeProduct({ on_hand: 1 }), await makeProduct()]
    app = await openApp()
    await app.go('/stock?work=receive')
    await app.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    for (const sku of [one.sku, one.sku, two.sku]) await app.scan(sku)
    await expect.poll(() => app.page.getByLabel(`Quantity of ${one.name}`).inputValue()).toBe('2')
    await app.page.getByLabel(`Quantity of ${two.name}`).fill('40')
    await app.page.getByLabel('Reference').fill('DN-4711')
    await app.page.getByRole('region', { name: 'Preview' }).getByText('40', { exact: true }).waitFor()
    await app.page.getByRole('button', { name: 'Receive', exact: true }).click()
    await app.page.getByText('Receipt: 2 lines entered').waitFor()
    expect([(await product(one.id)).on_hand, (await product(two.id)).on_hand]).toEqual([3, 40])

    const { items } = await call<StockMovementPage>('GET', `/stock-movements?product_id=${two.id}`)
    expect(items.map(movement => [movement.lines.length, movement.reference])).toEqual([[2, 'DN-4711']])
    await app.page.getByRole('button', { name: `Undo Receipt ${items[0]?.id}` }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Undo' }).click()
    await app.page.getByText('Reversed by movement').waitFor()
    expect([(await product(one.id)).on_hand, (await product(two.id)).on_hand]).toEqual([1, 0])
  })

  it('does not count what is scanned while the rest is being entered, and says so', async () => {
    const one = await makeProduct()
    app = await openApp()
    await app.go(`/stock?work=receive&product=${one.id}`)
    await app.page.getByLabel(`Quantity of ${one.name}`).waitFor()
    const release = await hold(app.page, 'POST', '**/stock-movements')
    await atOnce(app.page, app.page.getByRole('button', { name: 'Receive', exact: true }), one.sku)
    await app.page.getByText('It was not counted').waitFor()
    release()
    await app.page.getByText('Receipt: 1 line entered').waitFor()
    expect((await product(one.id)).on_hand).toBe(1)
    await app.scan(one.sku)
    await expect.poll(() => app.page.getByLabel(`Quantity of ${one.name}`).inputValue()).toBe('1')
  })

  it('says at the line what there is not enough of, before anything happens', async () => {
    const one = await makeProduct({ on_hand: 3 })
    app = await openApp({ expectedStatus: [409] })
    await app.go(`/stock?work=issue&product=${one.id}`)
    await app.page.getByLabel(`Quantity of ${one.name}`).fill('4')
    await app.page.getByRole('list', { name: 'Lines' }).getByRole('alert').waitFor()
    await app.page.getByLabel(`Quantity of ${one.name}`).fill('2')
    await app.page.getByRole('region', { name: 'Preview' }).getByText('Nothing has happened yet').waitFor()
    await app.page.getByRole('button', { name: 'Issue', exact: true }).click()
    await app.page.getByText('Issue: 1 line entered').waitFor()
    expect((await product(one.id)).on_hand).toBe(1)
  })
})

describe('transfers', () => {
  /** Ships three of it from MAIN to another warehouse, and says to which. */
  async function shipThree(one: Product): Promise<string> {
    const codes = (await call<{ items: { code: string }[] }>('GET', '/warehouses')).items.map(w => w.code)
    const to = codes.find(code => code !== 'MAIN') ?? ''
    await app.go(`/stock?work=transfer&product=${one.id}`)
    await app.page.getByLabel(`Quantity of ${one.name}`).fill('3')
    await app.page.getByRole('combobox', { name: 'To', exact: true }).click()
    await app.page.getByRole('option', { name: `${to} ·` }).click()
    await app.page.getByText('Ship now, receive later').click()
    await app.page.getByRole('button', { name: 'Transfer', exact: true }).click()
    return to
  }

  it('take from the first label that is scanned to the next, however fast that is', async () => {
    const codes = ['A', 'B'].map(letter => `V-${process.pid}-${letter}`)
    for (const code of codes) await call('POST', '/locations', { warehouse: 'MAIN', code, kind: 'storage' })
    app = await openApp()
    await app.go('/stock?work=transfer')
    const place = (label: string) => app.page.getByRole('combobox', { name: `Location (${label})` })
    await place('From').click() // the locations are known
    await app.page.getByRole('option', { name: codes[0] ?? '' }).waitFor()
    await app.page.keyboard.press('Escape')
    await atOnce(app.page, ...codes)
    await expect.poll(() => place('From').inputValue()).toContain(codes[0])
    await expect.poll(() => place('To').inputValue()).toContain(codes[1])
  })

  it('ships, receives a part by scanning, and the rest', async () => {
    const one = await makeProduct({ on_hand: 5, warehouse: 'MAIN' })
    app = await openApp()
    const to = await shipThree(one)
    await app.page.getByText('In transit', { exact: true }).first().waitFor()
    const id = Number(app.page.url().split('/').at(-1))
    expect((await product(one.id)).in_transit).toBe(3)
    await app.expectAccessible()

    await app.scan(one.sku)
    await app.page.getByText('1 / 3').waitFor()
    const release = await hold(app.page, 'POST', '**/receive')
    await atOnce(app.page, app.page.getByRole('button', { name: 'Receive', exact: true }), one.sku)
    await app.page.getByText('It was not counted').waitFor()
    release()
    await app.page.getByText('Partly received').waitFor()
    const transfer = () => call<StockTransfer>('GET', `/stock-transfers/${id}`)
    expect((await transfer()).lines.map(line => [line.received, line.in_transit])).toEqual([[1, 2]])

    await app.page.getByRole('button', { name: 'All that is open' }).click()
    await app.page.getByRole('button', { name: 'Receive', exact: true }).click()
    await expect.poll(async () => (await transfer()).status).toBe('received')
    const held = (await levels(one.id)).filter(level => level.warehouse === to)
    expect(held.reduce((total, level) => total + level.on_hand, 0)).toBe(3)
  })

  it('that is not shipped is one draft, to which people are led', async () => {
    const one = await makeProduct({ on_hand: 2, warehouse: 'MAIN' })
    app = await openApp({ expectedStatus: [409] })
    await shipThree(one)
    await app.page.getByText(/was not shipped: it is a draft/).waitFor()
    const { items } = await call<StockTransferSummaryPage>('GET', `/stock-transfers?product_id=${one.id}`)
    expect(items.map(transfer => transfer.status)).toEqual(['draft'])
    await app.page.getByRole('heading', { level: 1, name: items[0]?.number }).waitFor()
    expect(await app.page.getByText(/Transfer .* written/).count()).toBe(0)
    // What is missing arrives, and the draft is shipped.
    await call('POST', '/stock-adjustments', { product_id: one.id, delta: 1, reason: 'found' })
    await app.page.getByRole('button', { name: 'Ship', exact: true }).click()
    await expect.poll(async () => (await product(one.id)).in_transit).toBe(3)
  })

  it('at once between two locations', async () => {
    const one = await makeProduct({ on_hand: 4, warehouse: 'MAIN' })
    const code = `P-${process.pid}-A`
    await call('POST', '/locations', { warehouse: 'MAIN', code, kind: 'storage' })
    app = await openApp()
    await app.go('/stock?work=transfer')
    await app.scan(one.sku)
    await app.page.getByLabel(`Quantity of ${one.name}`).waitFor()
    await app.page.getByRole('combobox', { name: 'Location (From)' }).click()
    const home = (await levels(one.id))[0]?.location ?? ''
    await app.page.getByRole('option', { name: home }).click()
    await app.page.getByRole('combobox', { name: 'Location (To)' }).fill(code)
    await app.page.getByRole('option', { name: code }).click()
    await app.page.getByRole('button', { name: 'Transfer', exact: true }).click()
    await app.page.getByText(/Transfer .* written/).waitFor()
    const { items } = await call<StockTransferSummaryPage>('GET', `/stock-transfers?product_id=${one.id}`)
    expect(items.map(transfer => transfer.status)).toEqual(['received'])
    const there = (await levels(one.id)).find(level => level.location === code)
    expect(there?.on_hand).toBe(1)
  })
})

describe('reservations', () => {
  it('keep what is counted of them while somebody else takes a part', async () => {
    const one = await makeProduct({ on_hand: 10 })
    const lines = [{ product_id: one.id, quantity: 4 }]
    const { id } = await call<Reservation>('POST', '/reservations', { lines })
    app = await openApp()
    await app.go(`/reservations/${id}`)
    const now = app.page.getByLabel(`Goes out now of ${one.sku}`)
    await now.waitFor()
    await app.scan(one.sku)
    await app.page.getByText('1 / 4').waitFor()
    await call('POST', `/reservations/${id}/fulfil`, { lines: [{ line: 1, quantity: 1 }] })
    await app.page.getByText('Open: 3').waitFor()
    await expect.poll(() => now.inputValue()).toBe('1')
    await app.page.getByRole('button', { name: 'Fulfil', exact: true }).click()
    await app.page.getByText('Open: 2').waitFor()
    await expect.poll(() => now.inputValue()).toBe('')
    expect((await product(one.id)).on_hand).toBe(8)
  })

  it('are made, fulfilled in part and released', async () => {
    const one = await makeProduct({ on_hand: 10 })
    app = await openApp()
    await app.go(`/stock?work=reserve&product=${one.id}`)
    await app.page.getByLabel(`Quantity of ${one.name}`).fill('6')
    await app.page.getByLabel('Reference').fill('ORDER-77')
    await app.page.getByRole('region', { name: 'Preview' }).getByText('held at').waitFor()
    await app.page.getByRole('button', { name: 'Reserve', exact: true }).click()
    await app.page.getByText('ORDER-77').waitFor()
    const id = Number(app.page.url().split('/').at(-1))
    expect((await product(one.id)).reserved).toBe(6)

    await app.page.getByLabel(`Goes out now of ${one.sku}`).fill('2')
    await app.page.getByRole('button', { name: 'Fulfil', exact: true }).click()
    await expect.poll(async () => (await product(one.id)).on_hand).toBe(8)
    await app.page.getByRole('button', { name: 'Release' }).click()
    await app.page.getByRole('dialog').getByRole('button', { name: 'Release' }).click()
    await app.page.getByText('Released', { exact: true }).waitFor()
    const made = await call<Reservation>('GET', `/reservations/${id}`)
    expect(made.lines.map(line => [line.fulfilled, line.released, line.open])).toEqual([[2, 4, 0]])
    expect((await product(one.id)).reserved).toBe(0)
  })
})

it('works on a phone without scrolling to the side', async () => {
  const one = await makeProduct({ on_hand: 3 })
  app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
  await app.go(`/stock?work=receive&product=${one.id}`)
  await app.page.getByLabel(`Quantity of ${one.name}`).waitFor()
  expect(await app.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
})
