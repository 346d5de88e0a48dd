import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { PurchaseOrder, Supplier, SupplierProduct } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

interface Page<T> {
  items: T[]
}

let made = 0
function makeSupplier(given: object = {}): Promise<Supplier> {
  made += 1
  const code = `S${process.pid}-${made}`
  return call('POST', '/suppliers', { code, name: `Supplier ${code}`, currency: 'EUR', ...given })
}

describe('a supplier', () => {
  it('is added with the server’s faults at the fields, and gets a product with prices by quantity', async () => {
    const one = await makeProduct()
    const other = await makeSupplier()
    app = await openApp({ expectedStatus: [409, 422] })
    await app.go('/suppliers')
    await app.page.getByRole('button', { name: 'New supplier' }).click()
    const dialog = app.page.getByRole('dialog')
    await dialog.getByLabel('Name').fill('Boil & Co')
    await dialog.getByLabel('Code').fill('not a code')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await expect.poll(() => dialog.getByLabel('Code').getAttribute('aria-invalid')).toBe('true')
    await app.expectAccessible()
    await dialog.getByLabel('Code').fill(other.code)
    await dialog.getByRole('button', { name: 'Save' }).click()
    await dialog.getByRole('alert').waitFor() // the code is taken
    const code = `B${process.pid}`
    await dialog.getByLabel('Code').fill(code)
    await dialog.getByLabel('Currency').fill('eur')
    await dialog.getByLabel('Lead time in days').fill('14')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await app.page.getByRole('heading', { level: 1, name: 'Boil & Co' }).waitFor()

    await app.page.getByRole('button', { name: 'Add product' }).click()
    await dialog.getByRole('combobox', { name: 'Product' }).fill(one.sku)
    await app.page.getByRole('option', { name: one.name }).click()
    await dialog.getByLabel('Minimum').fill('20')
    await dialog.getByLabel('Pack').fill('12')
    await dialog.getByLabel('Cost of one').fill('12,50')
    await dialog.getByRole('button', { name: 'Add a price for a greater quantity' }).click()
    await dialog.getByLabel('From quantity').nth(1).fill('100')
    await dialog.getByLabel('Cost of one').nth(1).fill('11.90')
    await app.expectAccessible()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await app.page.getByText('from 100: €11.90').waitFor()
    const { items } = await call<Page<SupplierProduct>>('GET', `/supplier-products?product_id=${one.id}`)
    expect(items).toMatchObject([{ moq: 20, order_multiple: 12, supplier: { code } }])
    expect(items[0]?.costs.map(cost => [cost.min_quantity, cost.unit_cost])).toEqual([
      [0, '12.50'],
      [100, '11.90'],
    ])
  })

  it('is edited by the keyboard alone; what others changed meanwhile is told', async () => {
    const one = await makeSupplier()
    app = await openApp({ expectedStatus: [412] })
    await app.go(`/suppliers/${one.id}`)
    await app.page.getByRole('button', { name: 'Edit', exact: true }).press('Enter')
    const name = app.page.getByRole('dialog').getByLabel('Name')
    await expect.poll(() => name.evaluate(field => field === document.activeElement)).toBe(true)
    await name.fill('Renamed Ltd')
    await call('PATCH', `/suppliers/${one.id}`, { lead_time_days: 9 }, { 'If-Match': '*' })
    await app.page.keyboard.press('Enter')
    await app.page.getByRole('alert').getByText('Somebody changed this meanwhile').waitFor()
    await name.press('Enter')
    await app.page.getByRole('heading', { level: 1, name: 'Renamed Ltd' }).waitFor()
    const after = await call<Supplier>('GET', `/suppliers/${one.id}`)
    expect(after).toMatchObject({ name: 'Renamed Ltd', lead_time_days: 9 })
  })
})

it('what others change of what a supplier sells while somebody types is told first, and kept', async () => {
  const [supplier, one] = [await makeSupplier(), await makeProduct()]
  const offer = await call<SupplierProduct>('POST', '/supplier-products', {
    supplier_id: supplier.id,
    product_id: one.id,
    moq: 5,
    costs: [{ unit_cost: '2.50' }],
  })
  app = await openApp({ expectedStatus: [412] })
  await app.go(`/suppliers/${supplier.id}`)
  await app.page.getByRole('button', { name: `Edit ${one.sku}` }).click()
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Their SKU').fill('THEIRS-1')
  const theirs = { moq: 24, costs: [{ unit_cost: '2.75' }] }
  await call('PATCH', `/supplier-products/${offer.id}`, theirs, { 'If-Match': '*' })
  await app.page.getByText('€2.75').waitFor() // the feed has brought it
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.getByRole('alert').getByText('Somebody changed this meanwhile').waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await dialog.waitFor({ state: 'detached' })
  const after = await call<SupplierProduct>('GET', `/supplier-products/${offer.id}`)
  expect(after).toMatchObject({ supplier_sku: 'THEIRS-1', moq: 24 })
  expect(after.costs.map(cost => cost.unit_cost)).toEqual(['2.75'])
})

describe('replenishment', () => {
  it('explains its numbers, and makes drafts of what is chosen', async () => {
    const supplier = await makeSupplier({ lead_time_days: 14 })
    const [one, two] = [
      await makeProduct({ on_hand: 8, reorder_point: 10 }),
      await makeProduct({ on_hand: 1, reorder_point: 5 }),
    ]
    const [offer] = [{ supplier_id: supplier.id, preferred: true, costs: [{ unit_cost: '2.50' }] }]
    await call('POST', '/supplier-products', { ...offer, product_id: one.id, moq: 20, order_multiple: 12 })
    await call('POST', '/supplier-products', { ...offer, product_id: two.id })
    await call('POST', '/reorder-policies', { product_id: one.id, max_quantity: 50 })
    app = await openApp()
    await app.go(`/replenishment?supplier_id=${supplier.id}`)
    await app.page.getByRole('button', { name: `Why 48 of ${one.name}?` }).click()
    const dialog = app.page.getByRole('dialog')
    for (const text of [
      '8 available',
      'up to the maximum of 50',
      '50 − 8: 42 are needed',
      '4 packs of 12 are 48',
    ]) {
      await dialog.getByText(text).waitFor()
    }
    await app.expectAccessible()
    await app.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'detached' })

    // By the keyboard: choose one, make drafts.
    await app.page.getByRole('checkbox', { name: `Choose ${one.name}` }).press('Space')
    await app.page.getByText('1 suggestion chosen').waitFor()
    await app.page.getByRole('button', { name: 'Make drafts' }).press('Enter')
    await dialog.getByText('1 draft is made').waitFor()
    await app.expectAccessible()
    const { items } = await call<Page<PurchaseOrder>>('GET', `/purchase-orders?supplier_id=${supplier.id}`)
    expect(items.length).toBe(1)
    const order = await call<PurchaseOrder>('GET', `/purchase-orders/${items[0]?.id}`)
    expect(order.lines.map(line => [line.sku, line.quantity])).toEqual([[one.sku, 48]])
    await dialog.getByRole('button', { name: 'Close' }).last().click()
    await app.page.getByRole('checkbox', { name: `Choose ${one.name}` }).waitFor({ state: 'detached' })
    await app.page.getByRole('checkbox', { name: `Choose ${two.name}` }).waitFor() // was not chosen
  })

  it('says why the button is off, and what nobody sells cannot be chosen', async () => {
    const one = await makeProduct({ on_hand: 0, reorder_point: 3 })
    app = await openApp()
    await app.go('/replenishment')
    await app.page.getByRole('button', { name: 'Make drafts' }).hover()
    await app.page.getByText('Choose what to order first').waitFor()
    for (;;) {
      const box = app.page.getByRole('checkbox', { name: `Choose ${one.name}` })
      if ((await box.count()) > 0) {
        await expect.poll(() => box.isDisabled()).toBe(true)
        break
      }
      await app.page.getByRole('button', { name: 'Look for more' }).click()
    }
  })
})
