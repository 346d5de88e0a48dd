import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Product, PurchaseOrder, Role, Supplier, User } from '../src/api/schema.gen'
import { type AppPage, closeBrowser } from './harness'
import { openShop, type Shop } from './people'
import { startServer } from './server'

const ROLES: readonly Role[] = ['viewer', 'operator', 'buyer', 'manager', 'admin']

let shop: Shop
let app: AppPage
let people: User[]
/** What each role may do, as the server says it. */
let permissions: Record<Role, string[]>
/** Pages, and what somebody has to be allowed to see them. */
let pages: Record<string, string | null>
/** What is offered on a page, and what somebody has to be allowed to be offered it. */
let actions: [path: string, role: 'button' | 'link' | 'radio', name: string | RegExp, permission: string][]

beforeAll(async () => {
  shop = await openShop(await startServer('serve'))
  people = await Promise.all(ROLES.map(role => shop.makePerson(`Role-${role}`, role)))
  const { roles } = await shop.call<{ roles: { role: Role; permissions: string[] }[] }>('GET', '/roles')
  permissions = Object.fromEntries(roles.map(one => [one.role, one.permissions])) as typeof permissions
  const product = await shop.call<Product>('POST', '/products', {
    sku: 'ROLE-1',
    name: 'Kettle',
    price: '10.00',
    on_hand: 5,
  })
  const supplier = await shop.call<Supplier>('POST', '/suppliers', { code: 'SUP', name: 'Supplies Ltd' })
  const order = await shop.call<PurchaseOrder>('POST', '/purchase-orders', {
    supplier_id: supplier.id,
    warehouse: 'MAIN',
    lines: [{ product_id: product.id, quantity: 3, unit_cost: '4.00' }],
  })
  const reservation = await shop.call<{ id: number }>('POST', '/reservations', {
    lines: [{ product_id: product.id, quantity: 1, warehouse: 'MAIN' }],
  })
  actions = [
    ['/products', 'button', 'New product', 'products.write'],
    ['/products', 'button', /^Price of /, 'products.write'],
    [`/products/${product.id}`, 'button', 'Edit', 'products.write'],
    [`/products/${product.id}`, 'link', 'Change stock', 'stock.move'],
    ['/stock-transfers', 'link', 'New transfer', 'stock.move'],
    ['/reservations', 'link', 'Reserve stock', 'stock.reserve'],
    [`/reservations/${reservation.id}`, 'button', 'Release', 'stock.reserve'],
    ['/stock-movements/1', 'button', /^Undo/, 'stock.move'],
    ['/purchase-orders', 'button', 'New order', 'purchasing.write'],
    [`/purchase-orders/${order.id}`, 'button', 'Submit', 'purchasing.write'],
    ['/suppliers', 'button', 'New supplier', 'purchasing.write'],
    [`/suppliers/${supplier.id}`, 'link', 'New order', 'purchasing.write'],
    ['/warehouses', 'button', 'New warehouse', 'warehouses.write'],
    ['/categories', 'button', 'New category', 'products.write'],
    ['/settings', 'button', 'Save', 'settings.write'],
    ['/scan', 'radio', 'Count', 'stock.move'],
  ]
  pages = {
    '/': null,
    '/products': 'products.read',
    [`/products/${product.id}`]: 'products.read',
    [`/products/${product.id}?tab=card`]: 'products.read',
    [`/products/${product.id}?tab=prices`]: 'products.read',
    [`/products/${product.id}?tab=supply`]: 'products.read',
    [`/products/${product.id}?tab=reservations`]: 'products.read',
    '/scan': 'stock.read',
    '/scan?mode=count': 'stock.read',
    '/stock': 'stock.move',
    '/stock-movements': 'stock.read',
    '/stock-movements/1': 'stock.read',
    '/stock-transfers': 'stock.read',
    '/reservations': 'stock.read',
    [`/reservations/${reservation.id}`]: 'stock.read',
    '/purchase-orders': 'purchasing.read',
    [`/purchase-orders/${order.id}`]: 'purchasing.read',
    '/purchase-orders/new': 'purchasing.write',
    '/goods-receipts': 'purchasing.read',
    [`/purchase-orders/${order.id}/edit`]: 'purchasing.write',
    [`/purchase-orders/${order.id}/receive`]: 'purchasing.receive',
    '/suppliers': 'purchasing.read',
    [`/suppliers/${supplier.id}`]: 'purchasing.read',
    '/replenishment': 'purchasing.read',
    '/warehouses': 'stock.read',
    '/categories': 'products.read',
    '/ledger': 'ledger.verify',
    '/settings': 'settings.read',
    '/users': 'users.manage',
    [`/users/${people[0]?.id}`]: 'users.manage',
    '/audit-log': 'audit_log.read',
    '/account': null,
    '/api-keys': null,
  }
})
afterEach(() => app.close())
afterAll(async () => {
  await closeBrowser()
  await shop.server.stop()
})

/** There are many of them. */
const EVERY_PAGE_MS_MAX = 240_000

describe.each(ROLES)('%s', { timeout: EVERY_PAGE_MS_MAX }, role => {
  const may = (permission: string | null) => permission === null || permissions[role].includes(permission)

  it('sees the pages that they may, is told where they may not, and is refused nothing', async () => {
    app = await shop.openAs(`role-${role}@example.com`)
    for (const [path, permission] of Object.entries(pages)) {
      await app.go(path)
      await app.page.waitForLoadState('networkidle').catch(() => {})
      const closed = await app.page.getByRole('heading', { name: 'This page is not for your role' }).count()
      expect(closed, path).toBe(may(permission) ? 0 : 1)
      expect(await app.page.getByRole('alert').count(), path).toBe(0)
    }
    await app.expectAccessible()
  })

  it('is offered what they may do, and nothing else', async () => {
    app = await shop.openAs(`role-${role}@example.com`)
    for (const [path, kind, name, permission] of actions) {
      if (!may(pages[path] ?? null)) continue
      await app.go(path)
      await app.page.waitForLoadState('networkidle').catch(() => {})
      const offered = app.page.getByRole('main').getByRole(kind, { name, exact: true })
      await expect
        .poll(async () => (await offered.count()) > 0, { message: `${path} ${name}` })
        .toBe(may(permission))
    }
  })

  it('is led to no page that they may not see', async () => {
    app = await shop.openAs(`role-${role}@example.com`)
    await app.go('/')
    const links = await app.page
      .getByRole('navigation', { name: 'Main navigation' })
      .first()
      .getByRole('link')
      .evaluateAll(found => found.map(link => new URL((link as HTMLAnchorElement).href).pathname))
    const listed = Object.keys(pages).filter(
      path => /^\/[a-z-]*$/.test(path) && path !== '/account' && path !== '/api-keys',
    )
    const allowed = listed.filter(path => may(pages[path] ?? null))
    expect(links.map(link => link.replace('/app', '') || '/').sort()).toEqual(allowed.sort())
    await app.page.keyboard.press('Control+k')
    await app.page.getByRole('combobox').fill('audit')
    await app.page
      .getByText(/^(Audit log|Nothing found for “audit”)$/)
      .last()
      .waitFor()
    const hits = await app.page.getByRole('option', { name: 'Audit log' }).count()
    expect(hits).toBe(may('audit_log.read') ? 1 : 0)
  })
})

it('somebody limited to a warehouse is told which pages are not for them, and is refused nothing', {
  timeout: EVERY_PAGE_MS_MAX,
}, async () => {
  await shop.makePerson('Liam', 'manager', ['MAIN'])
  app = await shop.openAs('liam@example.com')
  for (const path of Object.keys(pages)) {
    await app.go(path)
    await app.page.waitForLoadState('networkidle').catch(() => {})
    expect(await app.page.getByRole('alert').count(), path).toBe(0)
  }
  // What to order is told of their own warehouse, so that is for them.
  await app.go('/replenishment')
  await app.page.getByRole('heading', { level: 1, name: 'Replenishment' }).waitFor()
})
