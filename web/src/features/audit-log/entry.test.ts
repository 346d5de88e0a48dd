import { expect, it } from 'vitest'
import { changesOf, factsOf, nameOf, pageOf } from './entry'

const entry = (target: string, detail: Record<string, unknown> = {}) => ({ target, detail })

it('an entry leads to what it was done to, where that has a page', () => {
  const cases: [string, Record<string, unknown>, string | null][] = [
    ['user:3', {}, '/users/3'],
    ['user:unknown', {}, null],
    ['product:17', {}, '/products/17'],
    ['products', {}, '/products'],
    ['purchase_order:12', {}, '/purchase-orders/12'],
    ['goods_receipt:5', { purchase_order_id: 12 }, '/goods-receipts/5'],
    ['supplier_return:2', { supplier_id: 4 }, '/suppliers/4'],
    ['stock_movement:4711', {}, '/stock-movements/4711'],
    ['supplier:4', {}, '/suppliers/4'],
    ['supplier_product:8', { supplier_id: 4, product_id: 17 }, '/suppliers/4'],
    ['reorder_policy:6', { product_id: 17, warehouse_id: 1 }, '/products/17'],
    ['stock_transfer:2', {}, '/stock-transfers/2'],
    ['reservation:3', {}, '/reservations/3'],
    ['category:4', {}, '/categories'],
    ['warehouse:2', {}, '/warehouses'],
    ['location:7', {}, '/warehouses'],
    ['api_key:9', {}, '/api-keys'],
    ['settings', {}, '/settings'],
    ['audit_log', {}, null],
    ['something_new:1', {}, null],
  ]
  for (const [target, detail, page] of cases) expect(pageOf(entry(target, detail)), target).toBe(page)
})

it('it is called what people call it, else by its key', () => {
  expect(nameOf(entry('purchase_order:12', { number: 'PO-12', status: 'ordered' }))).toBe('PO-12')
  expect(nameOf(entry('warehouse:2', { code: 'NORTH', name: 'North' }))).toBe('NORTH')
  expect(nameOf(entry('product:17', { name: 'Cup', sku: 'CUP' }))).toBe('CUP')
  expect(nameOf(entry('category:4', { path: 'Kitchen/Cups' }))).toBe('Kitchen/Cups')
  expect(nameOf(entry('user:3', { email: 'a@b' }))).toBe('a@b')
  expect(nameOf(entry('user:3', {}))).toBe('#3')
  expect(nameOf(entry('user:unknown', {}))).toBeNull()
  expect(nameOf(entry('settings', {}))).toBeNull()
})

it('changes stand by field, and what is hidden is told from what became nothing', () => {
  const about = entry('user:3', {
    email: 'a@b',
    reason: null,
    changes: { role: { from: 'viewer', to: 'buyer' }, closed: { from: '2026', to: null }, notes: {} },
  })
  expect(changesOf(about)).toEqual([
    { field: 'role', from: 'viewer', to: 'buyer', isHidden: false },
    { field: 'closed', from: '2026', to: null, isHidden: false },
    { field: 'notes', isHidden: true },
  ])
  expect(factsOf(about)).toEqual([['email', 'a@b']])
})
