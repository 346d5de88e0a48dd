import { afterAll, afterEach, expect, it } from 'vitest'
import type { GoodsReceipt, Product, PurchaseOrder } from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, closeBrowser, openApp, PHONE } from './harness'
import { ordered } from './purchasing'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

async function received(one: Product, quantity: number): Promise<[PurchaseOrder, GoodsReceipt]> {
  const order = await ordered([one], 5)
  const lines = [{ line_id: order.lines[0]?.id, quantity }]
  return [order, await call('POST', `/purchase-orders/${order.id}/receive`, { lines, note: 'DN 77' })]
}

it('receipts are found by supplier and day, opened, and undone with a reason', async () => {
  const one = await makeProduct()
  const [order, receipt] = await received(one, 2)
  app = await openApp()
  await app.go('/goods-receipts')
  await app.page.getByRole('link', { name: receipt.number }).waitFor()
  await app.expectAccessible()
  const today = new Date(receipt.created_at).toLocaleDateString('sv', { timeZone: 'Europe/Berlin' })
  await app.go(`/goods-receipts?supplier_id=${order.supplier.id}&from=${today}&to=${today}`)
  await app.page.getByRole('link', { name: receipt.number }).waitFor()
  await app.go('/goods-receipts?to=2020-01-01')
  await app.page.getByText('Nothing came with these filters.').waitFor()
  await app.page.getByRole('combobox', { name: 'Supplier' }).click()
  await app.page.getByRole('option', { name: order.supplier.name }).click()
  await expect
    .poll(() => new URL(app.page.url()).searchParams.get('supplier_id'))
    .toBe(String(order.supplier.id))

  await app.go(`/goods-receipts?purchase_order_id=${order.id}`)
  await app.page.getByRole('link', { name: receipt.number }).click()
  await app.page.getByRole('heading', { level: 1, name: receipt.number }).waitFor()
  await app.page.getByText('DN 77').waitFor()
  await app.expectAccessible()
  await app.page.getByRole('button', { name: /^Undo receipt/ }).press('Enter')
  const dialog = app.page.getByRole('dialog')
  await dialog.getByLabel('Why is it undone?').fill('wrong pallet')
  await app.expectAccessible()
  await app.page.keyboard.press('Enter')
  await app.page.getByText(`${receipt.number} is undone`).waitFor()
  await app.page.getByText('Reversed', { exact: true }).waitFor()
  const after = await call<PurchaseOrder>('GET', `/purchase-orders/${order.id}`)
  expect([after.status, after.lines[0]?.open]).toEqual(['ordered', 5])
  expect((await call<Product>('GET', `/products/${one.id}`)).on_hand).toBe(0)
})

it('of two receipts of an order the last is undone from the order; what is used up is told', async () => {
  const one = await makeProduct()
  const [order] = await received(one, 2)
  const lines = [{ line_id: order.lines[0]?.id, quantity: 3 }]
  const last = await call<GoodsReceipt>('POST', `/purchase-orders/${order.id}/receive`, { lines })
  app = await openApp({ expectedStatus: [409] })
  await app.go(`/purchase-orders/${order.id}`)
  await app.page.getByRole('button', { name: `Undo the last receipt: ${last.number}` }).click()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Undo receipt' }).click()
  await app.page.getByText(`${last.number} is undone`).waitFor()
  const after = await call<PurchaseOrder>('GET', `/purchase-orders/${order.id}`)
  expect([after.status, after.lines[0]?.received]).toEqual(['partially_received', 2])

  const held = { product_id: one.id, location_id: last.lines[0]?.location_id }
  await call('POST', '/stock-adjustments', { ...held, counted: 0, reason: 'used up' })
  await app.page.getByRole('button', { name: /^Undo the last receipt/ }).click()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Undo receipt' }).click()
  await app.page.getByRole('dialog').getByText('There is not enough').waitFor()
  await app.expectAccessible()
})

it('fits on a phone', async () => {
  const [, receipt] = await received(await makeProduct(), 1)
  app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
  for (const path of ['/goods-receipts', `/goods-receipts/${receipt.id}`]) {
    await app.go(path)
    await app.page.getByText(receipt.number).first().waitFor()
    expect(await app.page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await app.expectAccessible()
  }
  // The days end where the supplier above them does.
  await app.go('/goods-receipts')
  const endOf = async (name: string) => {
    const box = await app.page.getByLabel(name, { exact: true }).first().boundingBox()
    return Math.round((box?.x ?? 0) + (box?.width ?? 0))
  }
  expect(await endOf('To')).toBe(await endOf('Supplier'))
})
