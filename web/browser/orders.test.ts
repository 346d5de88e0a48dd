import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { Product, PurchaseOrder, PurchaseOrderChange, Supplier } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

let made = 0
function makeSupplier(): Promise<Supplier> {
  made += 1
  const code = `O${process.pid}-${made}`
  return call('POST', '/suppliers', { code, name: `Supplier ${code}`, currency: 'EUR' })
}

/** Sold in packs of 12, at least 24; 3.50, from 48 on 3.20. */
async function offer(supplier: Supplier, product: Product): Promise<void> {
  await call('POST', '/supplier-products', {
    supplier_id: supplier.id,
    product_id: product.id,
    moq: 24,
    order_multiple: 12,
    costs: [{ unit_cost: '3.50' }, { min_quantity: 48, unit_cost: '3.20' }],
  })
}

function draftOf(supplier: Supplier, lines: readonly [Product, number, string][]): Promise<PurchaseOrder> {
  return call('POST', '/purchase-orders', {
    supplier_id: supplier.id,
    warehouse: 'MAIN',
    lines: lines.map(([{ id }, quantity, unit_cost]) => ({ product_id: id, quantity, unit_cost })),
  })
}

function read(order: { id: number }): Promise<PurchaseOrder> {
  return call('GET', `/purchase-orders/${order.id}`)
}

function change(order: PurchaseOrder, body: Partial<PurchaseOrderChange> | object): Promise<PurchaseOrder> {
  return call('PATCH', `/purchase-orders/${order.id}`, body, { 'If-Match': '*' })
}

const quantity = (product: Product) => app.page.getByLabel(`Quantity: ${product.name}`, { exact: true })
const cost = (product: Product) => app.page.getByLabel(`Unit cost: ${product.name}`, { exact: true })

describe('a draft', () => {
  it('follows the supplier’s packs and prices by quantity, and keeps a price that was typed', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    await offer(supplier, one)
    const order = await draftOf(supplier, [[one, 24, '3.50']])
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}`)
    await app.page.getByRole('button', { name: 'Edit', exact: true }).click()
    await app.page.getByRole('heading', { level: 1, name: `Edit ${order.number}` }).waitFor()
    await app.page.getByText('2 packs of 12').waitFor()
    await app.page.getByText('from 48: €3.20 each').waitFor()
    await quantity(one).fill('30')
    await app.page.getByRole('button', { name: 'Round up to 3 packs of 12: 36' }).click()
    await expect.poll(() => quantity(one).inputValue()).toBe('36')
    await quantity(one).fill('5')
    await app.page.getByRole('button', { name: 'Round up to 2 packs of 12: 24' }).waitFor() // the least
    await quantity(one).fill('48')
    await expect.poll(() => cost(one).inputValue()).toBe('3.20')
    await app.page.getByText('Total: €153.60').waitFor()
    await cost(one).fill('3,00')
    await quantity(one).fill('60')
    await expect.poll(() => cost(one).inputValue()).toBe('3,00') // it was typed
    await app.page.getByRole('button', { name: 'Take the supplier’s €3.20' }).waitFor()
    await app.expectAccessible()
    await app.page.getByLabel('Note').fill('Please call first')
    await app.page.getByRole('button', { name: 'Save' }).click()
    await app.page.getByText(`${order.number} is saved`).waitFor()
    const after = await read(order)
    expect(after.lines.map(line => [line.quantity, line.unit_cost])).toEqual([[60, '3.00']])
    expect([after.note, after.total]).toEqual(['Please call first', '180.00'])
  })

  it('is written by scanner and keyboard alone: each scan a pack more, with the focus in a field', async () => {
    const [supplier, one, two] = [await makeSupplier(), await makeProduct(), await makeProduct()]
    await offer(supplier, one)
    const order = await draftOf(supplier, [[two, 1, '2.00']])
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}/edit`)
    await app.page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur())
    await app.scan(one.sku) // the focus is nowhere
    await expect.poll(() => quantity(one).inputValue()).toBe('24')
    await quantity(two).focus()
    await app.scan(one.sku)
    await expect.poll(() => quantity(one).inputValue()).toBe('36')
    await expect.poll(() => quantity(two).inputValue()).toBe('1')
    await app.page.keyboard.press('ArrowUp')
    await app.page.keyboard.press('Enter') // on to the next product
    const picker = app.page.getByRole('combobox', { name: 'Add a product' })
    await expect.poll(() => picker.evaluate(field => field === document.activeElement)).toBe(true)
    await app.page.getByRole('button', { name: 'Save' }).focus()
    await app.page.keyboard.press('Enter')
    await app.page.getByRole('heading', { level: 1, name: order.number, exact: true }).waitFor()
    const after = await read(order)
    expect(after.lines.map(line => [line.sku, line.quantity, line.unit_cost])).toEqual([
      [two.sku, 2, '2.00'],
      [one.sku, 36, '3.50'],
    ])
  })

  it('keeps its lines when a supplier is chosen again, and takes the costs of another', async () => {
    const [supplier, other, one] = [await makeSupplier(), await makeSupplier(), await makeProduct()]
    await offer(supplier, one)
    await call('POST', '/supplier-products', {
      supplier_id: other.id,
      product_id: one.id,
      costs: [{ unit_cost: '2.75' }],
    })
    app = await openApp()
    await app.go(`/purchase-orders/new?supplier_id=${supplier.id}`)
    await app.page.getByRole('combobox', { name: 'Add a product' }).waitFor()
    await app.scan(one.sku)
    await expect.poll(() => cost(one).inputValue()).toBe('3.50')
    const choose = async ({ name }: Supplier) => {
      await app.page.getByRole('combobox', { name: 'Supplier' }).click()
      await app.page.getByRole('option', { name, exact: true }).click()
    }
    await choose(supplier)
    expect([await quantity(one).inputValue(), await cost(one).inputValue()]).toEqual(['24', '3.50'])
    await choose(other)
    await expect.poll(() => cost(one).inputValue()).toBe('')
    await app.page.getByRole('button', { name: 'Take the supplier’s €2.75' }).click()
    await app.page.getByRole('button', { name: 'Create draft' }).click()
    await app.page.getByRole('button', { name: 'Edit', exact: true }).waitFor()
    const made = await read({ id: Number(app.page.url().split('/').at(-1)) })
    expect(made.supplier.id).toBe(other.id)
    expect(made.lines.map(line => [line.product_id, line.quantity, line.unit_cost])).toEqual([
      [one.id, 24, '2.75'],
    ])
  })

  it('asks before it is left with something typed', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    const order = await draftOf(supplier, [[one, 1, '2.00']])
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}/edit`)
    await quantity(one).fill('7')
    await app.page.getByRole('link', { name: order.number }).click()
    const dialog = app.page.getByRole('dialog', { name: 'Leave without saving?' })
    await app.expectAccessible()
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    await expect.poll(() => quantity(one).inputValue()).toBe('7')
    await app.page.getByRole('link', { name: order.number }).click()
    await dialog.getByRole('button', { name: 'Leave' }).click()
    await app.page.getByRole('heading', { level: 1, name: order.number, exact: true }).waitFor()
    expect((await read(order)).lines[0]?.quantity).toBe(1)
  })
})

describe('a draft that somebody else has changed meanwhile', () => {
  it('shows both values and keeps whose is chosen, and what only one has changed', async () => {
    const supplier = await makeSupplier()
    const [one, two, three] = [await makeProduct(), await makeProduct(), await makeProduct()]
    const order = await draftOf(supplier, [
      [one, 10, '1.00'],
      [two, 10, '2.00'],
      [three, 10, '3.00'],
    ])
    app = await openApp({ expectedStatus: [412] })
    await app.go(`/purchase-orders/${order.id}/edit`)
    await quantity(one).fill('11')
    await quantity(two).fill('12')
    await app.page.getByLabel('Note').fill('mine')

    const other = await openApp()
    await other.go(`/purchase-orders/${order.id}/edit`)
    await other.page.getByLabel(`Quantity: ${one.name}`).fill('21')
    await other.page.getByLabel(`Quantity: ${two.name}`).fill('22')
    await other.page.getByLabel(`Quantity: ${three.name}`).fill('23')
    await other.page.getByRole('button', { name: 'Save' }).click()
    await other.page.getByText(`${order.number} is saved`).waitFor()
    await other.close()

    await app.page.getByText('Somebody has changed this draft since you opened it.').waitFor() // by the feed
    await expect.poll(() => quantity(one).inputValue()).toBe('11')
    await app.page.getByRole('button', { name: 'Save' }).click()
    const dialog = app.page.getByRole('dialog', { name: 'Changed meanwhile by somebody else' })
    await dialog.getByText('11 × €1.00').waitFor()
    await dialog.getByText('21 × €1.00').waitFor()
    await dialog.getByText('23 × €3.00').waitFor()
    expect((await read(order)).lines.map(line => line.quantity)).toEqual([21, 22, 23])
    await app.expectAccessible()
    // By the keyboard: theirs for the second line.
    await dialog
      .getByRole('radiogroup', { name: new RegExp(two.name) })
      .getByLabel('Keep mine')
      .focus()
    await app.page.keyboard.press('ArrowRight')
    await dialog.getByRole('button', { name: 'Save it like this' }).press('Enter')
    await app.page.getByText(`${order.number} is saved`).waitFor()
    const after = await read(order)
    expect(after.lines.map(line => line.quantity)).toEqual([11, 22, 23])
    expect(after.note).toBe('mine')
  })

  it('that is no draft any more can become a new one, with everything that was typed', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    const order = await draftOf(supplier, [[one, 10, '1.00']])
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}/edit`)
    await quantity(one).fill('77')
    await call('POST', `/purchase-orders/${order.id}/submit`, {})
    await app.page.getByText(`${order.number} is not a draft any more`).waitFor()
    await app.expectAccessible()
    await app.page.getByRole('button', { name: 'Make a new draft of what is typed' }).click()
    await app.page.getByText(/is a draft$/).waitFor()
    const id = Number(app.page.url().split('/').at(-1))
    expect(id).not.toBe(order.id)
    expect((await read({ id })).lines.map(line => line.quantity)).toEqual([77])
  })

  it('tells it also of what is saved in the same moment, before the feed does', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    const order = await draftOf(supplier, [[one, 10, '1.00']])
    app = await openApp({ expectedStatus: [412] })
    await app.page.route('**/events**', route => route.abort())
    app.forgive(/ERR_FAILED/)
    await app.go(`/purchase-orders/${order.id}/edit`)
    await quantity(one).fill('11')
    await change(order, { note: 'theirs' })
    await app.page.getByRole('button', { name: 'Save' }).click()
    const dialog = app.page.getByRole('dialog', { name: 'Changed meanwhile by somebody else' })
    await dialog.getByText('Only they changed this').waitFor()
    await dialog.getByRole('button', { name: 'Back to what I typed' }).click()
    await expect.poll(() => quantity(one).inputValue()).toBe('11')
    await expect.poll(() => app.page.getByLabel('Note').inputValue()).toBe('theirs')
    await app.page.getByRole('button', { name: 'Save' }).click()
    await app.page.getByText(`${order.number} is saved`).waitFor()
    expect((await read(order)).lines[0]?.quantity).toBe(11)
  })
})

describe('an order', () => {
  it('is duplicated into a draft that is open for changes', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    const order = await draftOf(supplier, [[one, 10, '1.00']])
    await call('POST', `/purchase-orders/${order.id}/cancel`, {})
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}`)
    await app.page.getByRole('button', { name: 'More', exact: true }).click()
    await app.page.getByRole('menuitem', { name: 'Duplicate' }).click()
    await app.page.getByRole('heading', { level: 1, name: /^Edit / }).waitFor()
    await expect.poll(() => quantity(one).inputValue()).toBe('10')
    const id = Number(/purchase-orders\/(\d+)\/edit/.exec(app.page.url())?.[1])
    expect(await read({ id })).toMatchObject({ status: 'draft', total: '10.00' })
  })

  it('is cancelled with a reason, by the keyboard alone', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    const order = await draftOf(supplier, [[one, 10, '1.00']])
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}`)
    await app.page.getByRole('button', { name: 'More', exact: true }).press('Enter')
    const first = app.page.getByRole('menuitem').first()
    await expect.poll(() => first.evaluate(item => item === document.activeElement)).toBe(true)
    await app.page.keyboard.press('ArrowUp') // from the first one to the last
    await app.page.keyboard.press('Enter')
    const dialog = app.page.getByRole('dialog')
    const why = dialog.getByLabel('Why?')
    await expect.poll(() => why.evaluate(field => field === document.activeElement)).toBe(true)
    await app.page.keyboard.press('Enter')
    await dialog.getByText('Say why: it stands in the history of the order.').waitFor()
    expect((await read(order)).status).toBe('draft')
    await app.expectAccessible()
    await why.focus()
    await app.page.keyboard.type('found it cheaper', { delay: 90 })
    await app.page.keyboard.press('Enter')
    await app.page.getByText('Cancelled', { exact: true }).first().waitFor()
    const after = await read(order)
    expect([after.status, after.history.at(-1)?.note]).toEqual(['cancelled', 'found it cheaper'])
  })

  it('that waits for approval says who may; a rejected one can only be duplicated', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    const order = await draftOf(supplier, [[one, 100_000, '10.00']])
    app = await openApp()
    await app.go(`/purchase-orders/${order.id}`)
    await app.page.getByRole('button', { name: 'Submit' }).click()
    await app.page.getByText('May approve it: managers, admins.').waitFor()
    await app.expectAccessible()
    await app.page.getByRole('button', { name: 'Reject' }).click()
    await app.page.getByRole('dialog').getByLabel('Why?').fill('too much')
    await app.page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click()
    await app.page.getByText('Rejected', { exact: true }).first().waitFor()
    expect((await read(order)).status).toBe('rejected')
    expect(await app.page.getByRole('button', { name: 'Submit' }).count()).toBe(0)
    await app.page.getByRole('button', { name: 'More', exact: true }).click()
    await app.page.getByRole('menuitem', { name: 'Duplicate' }).waitFor()
    expect(await app.page.getByRole('menuitem', { name: 'Cancel order' }).count()).toBe(0)
  })

  it('is edited on a phone without scrolling to the side', async () => {
    const [supplier, one] = [await makeSupplier(), await makeProduct()]
    await offer(supplier, one)
    const order = await draftOf(supplier, [[one, 30, '3.50']])
    app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
    await app.go(`/purchase-orders/${order.id}/edit`)
    await app.page.getByRole('button', { name: 'Round up to 3 packs of 12: 36' }).tap()
    expect(await app.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await app.expectAccessible()
  })
})
