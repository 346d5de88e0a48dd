import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Product, Reservation, StockMovementPage, StockTransfer } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp } from './harness'

/** Stock work without a mouse: by Tab and Enter alone, and by a scanner. */

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

function product(one: Product): Promise<Product> {
  return call('GET', `/products/${one.id}`)
}

const button = (name: string) => app.page.getByRole('button', { name, exact: true })
const field = (name: string) => app.page.getByRole('combobox', { name, exact: true })

/** Types as a person does. */
function type(text: string): Promise<void> {
  return app.page.keyboard.type(text, { delay: 90 })
}

/** Finds a product by the keyboard in the field with this label. */
async function pick(label: string, one: Product): Promise<void> {
  await app.tabTo(field(label))
  await type(one.sku)
  await app.page.getByRole('option', { name: one.sku }).waitFor()
  await app.page.keyboard.press('ArrowDown')
  await app.page.keyboard.press('Enter')
}

describe('by the keyboard alone', () => {
  it('adjusts by a difference, after a look at what it will do', async () => {
    const one = await makeProduct({ on_hand: 5 })
    app = await openApp()
    await app.go('/stock')
    await pick('Product', one)
    await app.page.getByText('On hand here: 5').waitFor()
    await app.tabTo(app.page.getByRole('radio', { name: 'Counted' }))
    await app.page.keyboard.press('ArrowRight')
    await app.tabTo(app.page.getByLabel('Change (− takes away)'))
    await type('-2')
    await app.tabTo(field('Reason'))
    await type('damaged')
    await app.page.keyboard.press('Escape') // the list of reasons
    await app.page.getByRole('region', { name: 'Preview' }).getByText('3 available after it').waitFor()
    expect((await product(one)).on_hand).toBe(5)
    await app.page.keyboard.press('Enter')
    await app.page.getByText(`${one.name}: 5 → 3`).waitFor()
    expect((await product(one)).on_hand).toBe(3)
  })

  it('receives and issues', async () => {
    const one = await makeProduct({ on_hand: 1 })
    app = await openApp()
    await app.go('/stock?work=receive')
    await pick('Add a product', one)
    await app.tabTo(app.page.getByLabel(`Quantity of ${one.name}`))
    await app.page.keyboard.press('Control+a')
    await type('12')
    await app.page.getByRole('region', { name: 'Preview' }).getByText('13', { exact: true }).waitFor()
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Receipt: 1 line entered').waitFor()
    expect((await product(one)).on_hand).toBe(13)

    // From tab to tab by the arrow keys.
    await app.tabTo(app.page.getByRole('tab', { name: 'Receive' }))
    await app.page.keyboard.press('ArrowRight')
    await app.page.getByRole('heading', { level: 2, name: 'Issue' }).waitFor()
    await pick('Add a product', one)
    await app.tabTo(app.page.getByLabel(`Quantity of ${one.name}`))
    await app.page.keyboard.press('Control+a')
    await type('3')
    await app.page.getByRole('region', { name: 'Preview' }).getByText('10', { exact: true }).waitFor()
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Issue: 1 line entered').waitFor()
    expect((await product(one)).on_hand).toBe(10)
  })

  it('ships a transfer, and receives a part of it', async () => {
    const one = await makeProduct({ on_hand: 5, warehouse: 'MAIN' })
    app = await openApp()
    await app.go('/stock?work=transfer')
    await app.tabTo(field('To'))
    await app.page.keyboard.press('ArrowDown') // opens the list of warehouses
    await app.page.keyboard.press('ArrowDown')
    await app.page.keyboard.press('Enter')
    await pick('Add a product', one)
    await app.tabTo(app.page.getByLabel(`Quantity of ${one.name}`))
    await app.page.keyboard.press('Control+a')
    await type('3')
    await app.tabTo(app.page.getByRole('radio', { name: 'At once' }))
    await app.page.keyboard.press('ArrowDown')
    await app.page.getByRole('region', { name: 'Preview' }).getByText('2', { exact: true }).waitFor()
    await app.tabTo(button('Transfer'))
    await app.page.keyboard.press('Enter')
    await app.page.getByText('In transit', { exact: true }).first().waitFor()
    const id = Number(app.page.url().split('/').at(-1))
    expect(await product(one)).toMatchObject({ on_hand: 2, in_transit: 3 })
    await app.tabTo(app.page.getByLabel(`Arrived now of ${one.name}`))
    await type('2')
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Partly received').waitFor()
    const transfer = await call<StockTransfer>('GET', `/stock-transfers/${id}`)
    expect(transfer.lines.map(line => [line.received, line.in_transit])).toEqual([[2, 1]])
  })

  it('reserves, fulfils a part and releases the rest, while somebody else looks on', async () => {
    const one = await makeProduct({ on_hand: 10 })
    app = await openApp()
    await app.go('/stock?work=reserve')
    await pick('Add a product', one)
    await app.tabTo(app.page.getByLabel(`Quantity of ${one.name}`))
    await app.page.keyboard.press('Control+a')
    await type('6')
    await app.page.getByRole('region', { name: 'Preview' }).getByText('held at').waitFor()
    expect((await product(one)).reserved).toBe(0) // nothing has happened yet
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Active', { exact: true }).waitFor()
    const path = new URL(app.page.url()).pathname.replace('/app', '')
    const other = await openApp()
    await other.go(path)
    await other.page.getByText('Active', { exact: true }).waitFor()
    await app.tabTo(app.page.getByLabel(`Goes out now of ${one.sku}`))
    await type('2')
    await app.page.keyboard.press('Enter')
    await expect.poll(async () => (await product(one)).on_hand).toBe(8)
    await app.tabTo(button('Release'))
    await app.page.keyboard.press('Enter')
    const reason = app.page.getByRole('dialog').getByLabel('Reason')
    await expect.poll(() => reason.evaluate(element => element === document.activeElement)).toBe(true)
    await type('cancelled')
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Released', { exact: true }).waitFor()
    await other.page.getByText('Released', { exact: true }).waitFor() // by the change feed
    await other.close()
    const made = await call<Reservation>('GET', path)
    expect(made.lines.map(line => [line.fulfilled, line.released, line.open])).toEqual([[2, 4, 0]])
  })
})

describe('by scanner', () => {
  it('issues from the shelf whose label is scanned, with the focus in a field and nowhere', async () => {
    const one = await makeProduct()
    const code = `K-${process.pid}-1`
    const shelf = await call<{ id: number }>('POST', '/locations', {
      warehouse: 'MAIN',
      code,
      kind: 'storage',
    })
    const held = { product_id: one.id, location_id: shelf.id }
    await call('POST', '/stock-adjustments', { ...held, counted: 5, reason: 'count' })
    app = await openApp()
    await app.go('/stock?work=issue')
    await app.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await app.scan(code)
    await expect.poll(() => field('Location').inputValue()).toContain(code)
    await app.page.getByLabel('Reference').focus()
    for (let n = 0; n < 3; n++) await app.scan(one.sku)
    await expect.poll(() => app.page.getByLabel(`Quantity of ${one.name}`).inputValue()).toBe('3')
    await expect.poll(() => app.page.getByLabel('Reference').inputValue()).toBe('')
    await app.page.getByRole('region', { name: 'Preview' }).getByText(code).waitFor()
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Issue: 1 line entered').waitFor()
    const { items } = await call<StockMovementPage>('GET', `/stock-movements?product_id=${one.id}&kind=issue`)
    expect(items[0]?.lines.map(line => [line.location_id, line.quantity])).toEqual([[shelf.id, -3]])
  })

  it('reserves and fulfils, with an undo, and refuses what is not reserved or too much', async () => {
    const [one, two] = [await makeProduct({ on_hand: 5 }), await makeProduct({ on_hand: 5 })]
    app = await openApp()
    await app.go('/stock?work=reserve')
    for (const sku of [one.sku, one.sku, two.sku]) await app.scan(sku)
    await expect.poll(() => app.page.getByLabel(`Quantity of ${two.name}`).inputValue()).toBe('1')
    await app.tabTo(button('Reserve'))
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Active', { exact: true }).waitFor()
    const path = new URL(app.page.url()).pathname.replace('/app', '')
    for (const sku of [one.sku, one.sku]) await app.scan(sku)
    await app.page.getByText('2 / 2').waitFor()
    await app.scan(one.sku)
    await app.page.getByText(`More of ${one.sku} than is reserved`).waitFor()
    await app.scan('NOT-RESERVED-HERE')
    await app.page.getByText('NOT-RESERVED-HERE is not reserved here').waitFor()
    await app.expectAccessible()
    await app.tabTo(button('Undo last scan'))
    await app.page.keyboard.press('Enter')
    await expect.poll(() => app.page.getByLabel(`Goes out now of ${one.sku}`).inputValue()).toBe('1')
    await app.tabTo(button('Fulfil'))
    await app.page.keyboard.press('Enter')
    await expect.poll(async () => (await product(one)).on_hand).toBe(4)
    const made = await call<Reservation>('GET', path)
    expect(made.lines.map(line => [line.sku, line.fulfilled, line.open])).toEqual([
      [one.sku, 1, 1],
      [two.sku, 0, 1],
    ])
  })
})
