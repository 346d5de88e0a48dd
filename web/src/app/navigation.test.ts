import { expect, it } from 'vitest'
import { demandOf } from './navigation'

it('a page asks for what its place in the navigation says, and for more where it changes something', () => {
  const cases: [path: string, permission: string | undefined, everywhere?: true][] = [
    ['/', undefined],
    ['/products', 'products.read'],
    ['/products/7', 'products.read'],
    ['/productsomething', undefined],
    ['/stock', 'stock.move'],
    ['/stock-transfers/3', 'stock.read'],
    ['/purchase-orders/7', 'purchasing.read'],
    ['/purchase-orders/new', 'purchasing.write'],
    ['/purchase-orders/7/edit', 'purchasing.write'],
    ['/purchase-orders/7/receive', 'purchasing.receive'],
    ['/replenishment', 'purchasing.read'],
    ['/ledger', 'ledger.verify', true],
    ['/users/3', 'users.manage', true],
    ['/account', undefined],
  ]
  for (const [path, permission, everywhere] of cases) {
    const demand = demandOf(path)
    expect([demand.permission, demand.everywhere], path).toEqual([permission, everywhere])
  }
})
