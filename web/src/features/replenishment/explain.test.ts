import { describe, expect, it } from 'vitest'
import { explain } from './explain'

/** The example of docs/src/replenishment.md: 8 available, up to 50, minimum 20, packs of 12. */
const kettle = {
  available: 8,
  incoming: 0,
  in_transit: 0,
  on_order: 0,
  suggested_for_warehouses: 0,
  reorder_point: 10,
  max_quantity: 50,
  reorder_quantity: null,
  safety_stock: 0,
  lead_time_demand: 28,
  target: 50,
  needed: 42,
  moq: 20,
  order_multiple: 12,
  quantity: 48,
}

describe('a suggestion', () => {
  it('up to the maximum, in packs', () => {
    expect(explain(kettle)).toEqual({
      counted: [{ name: 'available', value: 8 }],
      total: 8,
      reorderPoint: 10,
      rule: { kind: 'upToMax', max: 50 },
      target: 50,
      needed: 42,
      rounded: [{ kind: 'packs', pack: 12, packs: 4 }],
      quantity: 48,
    })
  })

  it('up to what leaves until it arrives, where that is more than the maximum', () => {
    expect(explain({ ...kettle, lead_time_demand: 80 }).rule).toEqual({
      kind: 'upToDemand',
      demand: 80,
      max: 50,
    })
  })

  it('by a fixed quantity', () => {
    const fixed = { ...kettle, max_quantity: null, reorder_quantity: 24 }
    expect(explain(fixed).rule).toEqual({ kind: 'fixed', quantity: 24 })
  })

  it('up to the reorder point, safety stock and demand, where no policy says else', () => {
    const reserve = { ...kettle, max_quantity: null, safety_stock: 5 }
    expect(explain(reserve).rule).toEqual({ kind: 'reserve', reorderPoint: 10, safetyStock: 5, demand: 28 })
  })

  it('counts all that comes, and names what is not zero', () => {
    const coming = { ...kettle, available: -1.5, incoming: 4, on_order: 2.5 }
    expect(explain(coming).counted.map(part => part.name)).toEqual(['available', 'incoming', 'onOrder'])
    expect(explain(coming).total).toBe(5)
  })

  it('says why it is more than is needed, and nothing where it is not', () => {
    expect(explain({ ...kettle, needed: 3, order_multiple: null, quantity: 20 }).rounded).toEqual([
      { kind: 'moq', moq: 20 },
    ])
    expect(explain({ ...kettle, needed: 48 }).rounded).toEqual([])
  })
})
