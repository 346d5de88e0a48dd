import { describe, expect, it } from 'vitest'
import { momentsOf, parseReceiptSearch } from './search'

describe('the list of receipts', () => {
  it('takes from its address what it understands', () => {
    const raw = { purchase_order_id: '7', supplier_id: 3, from: '2026-02-01', to: '2026-02-28', other: 1 }
    expect(parseReceiptSearch(raw)).toEqual({
      purchase_order_id: 7,
      supplier_id: 3,
      from: '2026-02-01',
      to: '2026-02-28',
    })
    const odd = { purchase_order_id: -1, supplier_id: 'x', from: 'yesterday', to: '2026-13-45' }
    expect(parseReceiptSearch(odd)).toEqual({})
  })

  it('asks for whole days of the person, the last one too', () => {
    const { since = '', until = '' } = momentsOf({ from: '2026-02-01', to: '2026-02-01' })
    const [first, last] = [new Date(since), new Date(until)]
    expect([first.getDate(), first.getHours(), last.getDate(), last.getHours()]).toEqual([1, 0, 2, 0])
    expect(momentsOf({ to: '2026-12-31' }).until).toBe(new Date(2027, 0, 1).toISOString())
    expect(momentsOf({})).toEqual({})
  })
})
