import { afterAll, afterEach, expect, it } from 'vitest'
import type { Product, PurchaseOrder, PurchaseOrderSummary } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

async function ordered(products: readonly Product[], quantity: number): Promise<PurchaseOrder> {
  const lines = products.map(product => ({ product_id: product.id, quantity, unit_cost: '2.00' }))
  const draft = await call<PurchaseOrder>('POST', '/purchase-orders', {
    supplier_id: 1,
    warehouse: 'MAIN',
    lines,
  })
  for (const step of ['submit', 'approve', 'order']) {
    const now = await call<PurchaseOrder>('GET', `/purchase-orders/${draft.id}`)
    if (now.status === 'approved' && step === 'approve') continue // small orders need none
    await call('POST', `/purchase-orders/${draft.id}/${step}`, {})
  }
  return call('GET', `/purchase-orders/${draft.id}`)
}

it('an order is received by scanning on a phone, what is open in sight, the last scan undone', async () => {
  const [one, two] = [await makeProduct({ barcode: `B${process.pid}1` }), await makeProduct()]
  const order = await ordered([one, two], 3)
  app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
  await app.go(`/purchase-orders/${order.id}`)
  await app.page.getByRole('link', { name: 'Receive' }).click()
  await app.page.getByText('Ready to scan').waitFor()
  await app.expectAccessible()
  await app.scan(one.barcode ?? '')
  await app.page.getByText(`${one.name}: 1 of 3`).waitFor()
  await app.scan(two.sku)
  await app.page.getByText(`${two.name}: 1 of 3`).waitFor()
  await app.page.getByLabel(`Now: ${one.name}`).focus() // with the focus in a field of quantities
  await app.scan(one.barcode ?? '')
  await app.page.getByText(`${one.name}: 2 of 3`).waitFor()
  await app.scan('NOT-IN-THIS-ORDER')
  await app.page.getByText('NOT-IN-THIS-ORDER is not in this order').waitFor()
  await app.page.getByRole('button', { name: `Undo ${one.sku}` }).click()
  await app.page.getByRole('button', { name: 'Post 2 units' }).click()
  await app.page.getByRole('heading', { level: 1, name: order.number, exact: true }).waitFor()
  const after = await call<PurchaseOrder>('GET', `/purchase-orders/${order.id}`)
  expect(after.lines.map(line => line.received)).toEqual([1, 1])
  expect((await call<Product>('GET', `/products/${one.id}`)).on_hand).toBe(1)
})

it('a receipt is reversed with a reason, and the order is open again', async () => {
  const one = await makeProduct()
  const order = await ordered([one], 2)
  await call('POST', `/purchase-orders/${order.id}/receive`, {
    lines: [{ line_id: order.lines[0]?.id, quantity: 2 }],
  })
  app = await openApp()
  await app.go(`/purchase-orders/${order.id}`)
  await app.page.getByRole('button', { name: 'Reverse' }).click()
  await app.page.getByLabel('Why is it reversed?').fill('wrong pallet')
  await app.page.getByRole('dialog').getByRole('button', { name: 'Reverse' }).click()
  await app.page.getByText(/is reversed$/).waitFor()
  const after = await call<PurchaseOrder>('GET', `/purchase-orders/${order.id}`)
  expect([after.status, after.lines[0]?.open]).toEqual(['ordered', 2])
})

it('an order is written, submitted and ordered, and found in its group', async () => {
  const one = await makeProduct({ name: `Orderable ${process.pid}` })
  await call('POST', '/supplier-products', {
    supplier_id: 1,
    product_id: one.id,
    order_multiple: 6,
    costs: [{ min_quantity: 0, unit_cost: '3.50' }],
  })
  app = await openApp()
  await app.go('/purchase-orders/new')
  await app.expectAccessible()
  await app.page.getByRole('combobox', { name: 'Supplier' }).click()
  await app.page.getByRole('option').first().waitFor()
  const supplier = await call<{ name: string }>('GET', '/suppliers/1')
  await app.page.getByRole('option', { name: supplier.name }).click()
  await app.page.getByRole('combobox', { name: 'Add a product' }).pressSequentially(one.sku, { delay: 90 })
  await app.page.getByRole('option', { name: new RegExp(one.sku) }).click()
  const quantity = app.page.getByLabel(`Quantity: ${one.name}`)
  expect(await quantity.inputValue()).toBe('6') // a pack
  expect(await app.page.getByLabel(`Unit cost: ${one.name}`).inputValue()).toMatch(/^3\.50?/)
  await quantity.fill('12')
  await app.page.getByRole('button', { name: 'Create draft' }).click()
  await app.page.getByRole('button', { name: 'Submit' }).click()
  const approve = app.page.getByRole('button', { name: 'Approve' })
  const order = app.page.getByRole('button', { name: 'Mark as ordered' })
  await approve.or(order).waitFor()
  if (await approve.isVisible()) await approve.click()
  await order.click()
  await app.page.getByRole('link', { name: 'Receive' }).waitFor()
  await app.expectAccessible()
  const number = await app.page.getByRole('heading', { level: 1 }).textContent()
  const [made] = (
    await call<{ items: PurchaseOrderSummary[] }>('GET', `/purchase-orders?product_id=${one.id}`)
  ).items
  expect(made).toMatchObject({ number, status: 'ordered' })
  expect(Number(made?.total)).toBe(42)
  await app.go('/purchase-orders?group=receive')
  await app.page.getByRole('link', { name: number ?? '' }).waitFor()
  await app.expectAccessible()
})
