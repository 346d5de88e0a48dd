import { afterAll, afterEach, expect, it } from 'vitest'
import type {
  Location,
  Product,
  PurchaseOrder,
  PurchaseOrderSummary,
  StockLevel,
} from '../src/api/schema.gen'
import { call, makeProduct } from './api'
import { type AppPage, atOnce, closeBrowser, hold, openApp, PHONE } from './harness'
import { ordered } from './purchasing'

let app: AppPage
afterEach(() => app.close())
afterAll(closeBrowser)

it('an order is received by scanning on a phone, what is open in sight, the last scan undone', async () => {
  const [one, two] = [await makeProduct({ barcode: `B${process.pid}1` }), await makeProduct()]
  const order = await ordered([one, two], 3)
  app = await openApp({ viewport: PHONE, hasTouch: true, isMobile: true })
  await app.go(`/purchase-orders/${order.id}`)
  await app.page.getByRole('button', { name: 'Receive', exact: true }).click()
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

it('goods are received into scanned locations and by lots, some now and the rest later', async () => {
  const [one, two] = [await makeProduct(), await makeProduct()]
  const order = await ordered([one, two], 5)
  const shelf = `R-${process.pid}-1`
  const place = await call<Location>('POST', '/locations', {
    warehouse: 'MAIN',
    code: shelf,
    kind: 'storage',
  })
  app = await openApp()
  await app.go(`/purchase-orders/${order.id}/receive`)
  await app.scan(one.sku) // no label yet: where goods are received
  await app.page.getByText(`${one.name}: 1 of 5`).waitFor()
  await app.scan(shelf)
  await app.page.getByText(`What is scanned now goes to ${shelf}`).waitFor()
  await app.scan(one.sku)
  await app.scan(two.sku)
  await app.page.getByText(`${two.name}: 1 of 5`).waitFor()
  await app.page.getByText('1 at the usual place').waitFor()
  // The lots of the second: scanned into its field, then another.
  await app.page.getByRole('button', { name: `Lot of ${two.name}` }).click()
  const lot = app.page.getByRole('combobox', { name: `Lot of ${two.name}`, exact: true })
  await expect.poll(() => lot.evaluate(field => field === document.activeElement)).toBe(true)
  await app.scan('LOT-A')
  await app.page.getByText(`Lot LOT-A of ${two.name}`).waitFor()
  await app.page.getByRole('button', { name: `Another lot of ${two.name}` }).click()
  await lot.fill('LOT-B')
  await app.page.getByLabel(`Now: ${two.name}`).fill('2')
  await app.page.getByText(`1 at ${shelf}, lot LOT-A`).waitFor()
  await app.expectAccessible()
  await app.page.reload() // closed by mistake
  await app.page.getByText('What you counted before is still here.').waitFor()
  await app.page.getByRole('button', { name: 'Post 5 units' }).click()
  await app.page.getByText('Partly received').first().waitFor()
  const held = async (product: Product) => {
    const { items } = await call<{ items: StockLevel[] }>('GET', `/products/${product.id}/levels`)
    return items
      .filter(level => level.on_hand > 0)
      .map(level => [level.location_id === place.id, level.lot, level.on_hand])
      .sort()
  }
  expect(await held(one)).toEqual([
    [false, null, 1],
    [true, null, 1],
  ])
  expect(await held(two)).toEqual([
    [true, 'LOT-A', 1],
    [true, 'LOT-B', 2],
  ])
  await app.page.getByRole('link', { name: /^GR-/ }).click()
  await app.page.getByRole('cell', { name: /LOT-A/ }).first().waitFor()
  await app.page.goBack()
  await app.page.getByRole('button', { name: 'Receive', exact: true }).click()
  await app.page.getByRole('button', { name: 'All that is open' }).click()
  await app.page.getByRole('button', { name: 'Post 5 units' }).click()
  await app.page.getByText('Received', { exact: true }).first().waitFor()
})

it('what is scanned while a receipt is posted is not counted, and people are told', async () => {
  const one = await makeProduct()
  const order = await ordered([one], 3)
  app = await openApp()
  await app.go(`/purchase-orders/${order.id}/receive`)
  await app.scan(one.sku)
  await app.page.getByText(`${one.name}: 1 of 3`).waitFor()
  const release = await hold(app.page, 'POST', '**/receive')
  await atOnce(app.page, app.page.getByRole('button', { name: 'Post 1 unit' }), one.sku)
  await app.page.getByText('It was not counted').waitFor()
  release()
  await app.page.getByRole('heading', { level: 1, name: order.number, exact: true }).waitFor()
  await app.page.getByRole('button', { name: 'Receive', exact: true }).click()
  await app.page.getByText('Ready to scan').waitFor()
  await app.scan(one.sku)
  await app.page.getByText(`${one.name}: 1 of 2`).waitFor()
})

it('what was posted is not posted again by who has left the page meanwhile and comes back', async () => {
  const one = await makeProduct()
  const order = await ordered([one], 3)
  app = await openApp()
  await app.go(`/purchase-orders/${order.id}`)
  const receive = app.page.getByRole('button', { name: 'Receive', exact: true })
  await receive.click()
  await app.page.getByText('Ready to scan').waitFor()
  await app.scan(one.sku)
  await app.page.getByText(`${one.name}: 1 of 3`).waitFor()
  const release = await hold(app.page, 'POST', '**/receive')
  const post = app.page.getByRole('button', { name: 'Post 1 unit' })
  await post.click()
  await app.page.getByRole('main').getByRole('link', { name: order.number }).click()
  await receive.click()
  // It is on its way yet: it cannot be posted a second time.
  await app.page.getByText('What you counted before is still here').waitFor()
  await expect.poll(() => post.isDisabled()).toBe(true)
  await app.page.getByRole('main').getByRole('link', { name: 'Purchase orders' }).click()
  await app.page.getByRole('heading', { level: 1, name: 'Purchase orders' }).waitFor()
  release()
  await app.page.getByText(/is posted/).waitFor()
  // Nobody is led away from where they have gone, and what was counted is gone.
  await app.page.getByRole('heading', { level: 1, name: 'Purchase orders' }).waitFor()
  await app.go(`/purchase-orders/${order.id}/receive`)
  await app.page.getByText(one.name).waitFor()
  expect(await app.page.getByText('What you counted before is still here').count()).toBe(0)
  await app.page.getByRole('button', { name: 'Post 0 units' }).waitFor()
  expect((await call<Product>('GET', `/products/${one.id}`)).on_hand).toBe(1)
})

it('what cannot be looked up is told as that, and not as being in no order', async () => {
  const one = await makeProduct({ barcode: `B${process.pid}7` })
  const order = await ordered([one], 3)
  app = await openApp()
  await app.go(`/purchase-orders/${order.id}/receive`)
  await app.page.getByText('Ready to scan').waitFor()
  await app.page.route('**/products?*', route => route.abort('connectionrefused'))
  await app.scan(one.barcode ?? '')
  await app.page.getByText('The server does not answer').first().waitFor({ timeout: 30_000 })
  expect(await app.page.getByText('is not in this order').count()).toBe(0)
  app.forgive(/ERR_CONNECTION_REFUSED/)
})

it('more than is open is explained in words, and what was counted stays', async () => {
  const one = await makeProduct()
  const order = await ordered([one], 3)
  app = await openApp({ expectedStatus: [409] })
  await app.go(`/purchase-orders/${order.id}/receive`)
  for (let n = 0; n < 4; n++) await app.scan(one.sku)
  await app.page.getByText('1 more than is open').first().waitFor()
  // Somebody else receives one of it meanwhile.
  await call('POST', `/purchase-orders/${order.id}/receive`, {
    lines: [{ line_id: order.lines[0]?.id, quantity: 1 }],
  })
  await app.page.getByText('2 more than is open').first().waitFor()
  await app.page.getByRole('button', { name: 'Post 4 units' }).press('Enter')
  await app.page.getByText(`${one.name}: 4 are counted, but only 2 are still open.`).waitFor()
  await app.expectAccessible()
  expect((await call<Product>('GET', `/products/${one.id}`)).on_hand).toBe(1)
  await app.page.getByRole('button', { name: 'Take 2' }).press('Enter')
  await app.page.getByRole('button', { name: 'Post 2 units' }).press('Enter')
  await app.page.getByRole('heading', { level: 1, name: order.number, exact: true }).waitFor()
  const after = await call<PurchaseOrder>('GET', `/purchase-orders/${order.id}`)
  expect([after.status, after.lines[0]?.received]).toEqual(['received', 3])
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
  await expect.poll(() => quantity.inputValue()).toBe('6') // a pack
  await expect.poll(() => app.page.getByLabel(`Unit cost: ${one.name}`).inputValue()).toMatch(/^3\.50?/)
  await quantity.fill('12')
  await app.page.getByRole('button', { name: 'Create draft' }).click()
  await app.page.getByRole('button', { name: 'Submit' }).click()
  const approve = app.page.getByRole('button', { name: 'Approve' })
  const order = app.page.getByRole('button', { name: 'Mark as ordered' })
  await approve.or(order).waitFor()
  if (await approve.isVisible()) await approve.click()
  await order.click()
  await app.page.getByRole('button', { name: 'Receive', exact: true }).waitFor()
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
