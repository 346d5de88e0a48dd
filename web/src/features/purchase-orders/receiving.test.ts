import { describe, expect, it } from 'vitest'
import type { PurchaseOrder } from '~/api/schema.gen'
import {
  everything,
  lineFor,
  NOTHING,
  nameLot,
  nextLot,
  partsElsewhere,
  quantityHere,
  quantityOf,
  type Receiving,
  receiptOf,
  remove,
  scan,
  total,
  type,
  undo,
} from './receiving'

/** An order of two lines for product 7 (2 and 3 open) and one for product 8 (0.3 open). */
const lines = [
  { id: 1, product_id: 7, open: 2 },
  { id: 2, product_id: 7, open: 3 },
  { id: 3, product_id: 8, open: 0.3 },
]
const order = { lines } as PurchaseOrder
const DOCK = 11
const SHELF = 12

function scanned(...products: number[]): Receiving {
  return products.reduce((receiving, product) => {
    const line = lineFor(order, receiving, product)
    return line ? scan(receiving, line.id) : receiving
  }, NOTHING)
}

function quantities(receiving: Receiving): number[] {
  return lines.map(line => quantityOf(receiving, line.id))
}

describe('receiving by scans', () => {
  it('fills the lines of a product one after the other', () => {
    expect(quantities(scanned(7, 7, 7))).toEqual([2, 1, 0])
  })

  it('counts what is more than ordered where it was ordered first, for the server to judge', () => {
    expect(quantities(scanned(7, 7, 7, 7, 7, 7))).toEqual([3, 3, 0])
  })

  it('knows no line for what was not ordered', () => {
    expect(lineFor(order, NOTHING, 9)).toBeNull()
  })

  it('takes back the last, then the one before', () => {
    const three = scanned(7, 8, 7)
    expect(quantities(undo(three))).toEqual([1, 0, 1])
    expect(quantities(undo(undo(undo(undo(three)))))).toEqual([0, 0, 0])
  })

  it('takes one from what was typed over a scan, and never more than there is', () => {
    expect(quantities(undo(type(scanned(7), 1, 5)))).toEqual([4, 0, 0])
    expect(quantities(undo(type(scanned(7), 1, 0)))).toEqual([0, 0, 0])
  })

  it('sends what there is, and nothing of nothing', () => {
    expect(receiptOf(undo(scanned(7, 8)), ' late ')).toEqual({
      lines: [{ line_id: 1, quantity: 1 }],
      note: 'late',
    })
    expect(total(everything(order, NOTHING))).toBe(5.3)
  })
})

describe('receiving into places', () => {
  const dock = scan({ ...scan(NOTHING, 1), locationId: DOCK }, 1)
  const both = scan({ ...dock, locationId: SHELF }, 2)

  it('keeps what was counted before a label was scanned where it was', () => {
    expect(receiptOf(both, '').lines).toEqual([
      { line_id: 1, quantity: 1 },
      { line_id: 1, quantity: 1, location_id: DOCK },
      { line_id: 2, quantity: 1, location_id: SHELF },
    ])
    expect([quantityHere(both, 1), partsElsewhere(both, 1).length, quantityOf(both, 1)]).toEqual([0, 2, 2])
  })

  it('takes the last scan back from where it went, wherever one is now', () => {
    const back = undo({ ...undo(both), locationId: SHELF })
    expect(receiptOf(back, '').lines).toEqual([{ line_id: 1, quantity: 1 }])
  })

  it('puts the rest of what is open here', () => {
    const all = everything(order, { ...dock, locationId: SHELF })
    expect(quantities(all)).toEqual([2, 3, 0.3])
    expect(quantityHere(all, 1)).toBe(0)
  })

  it('removes a part with its scans', () => {
    const [part] = partsElsewhere(both, 1)
    if (!part) throw new Error('no part')
    const less = remove(both, part)
    expect([quantityOf(less, 1), less.scans.length]).toEqual([1, 2])
  })
})

describe('receiving lots', () => {
  it('names the lot of what was counted, letter by letter, and begins another', () => {
    let receiving = scan(scan(NOTHING, 1), 1)
    for (const lot of ['L', 'L1']) receiving = nameLot(receiving, 1, lot)
    receiving = nameLot(scan(nextLot(receiving, 1), 1), 1, 'L2')
    expect(receiptOf(receiving, '').lines).toEqual([
      { line_id: 1, quantity: 2, lot: 'L1' },
      { line_id: 1, quantity: 1, lot: 'L2' },
    ])
    expect(receiptOf(undo(undo(receiving)), '').lines).toEqual([{ line_id: 1, quantity: 1, lot: 'L1' }])
  })

  it('adds up where two are named alike, and leaves other lines alone', () => {
    let receiving = nameLot(scan(NOTHING, 1), 1, 'A')
    receiving = nameLot(scan(scan(nextLot(receiving, 1), 1), 2), 1, 'A')
    expect(receiptOf(receiving, '').lines).toEqual([
      { line_id: 1, quantity: 2, lot: 'A' },
      { line_id: 2, quantity: 1 },
    ])
    expect(nameLot(receiving, 1, 'A')).toEqual(receiving)
  })
})
