import { describe, expect, it } from 'vitest'
import type { PurchaseOrder } from '~/api/schema.gen'
import { everything, lineFor, NOTHING, type Receiving, receiptOf, scan, total, type, undo } from './receiving'

/** An order of two lines for product 7 (2 and 3 open) and one for product 8 (0.3 open). */
const lines = [
  { id: 1, product_id: 7, open: 2 },
  { id: 2, product_id: 7, open: 3 },
  { id: 3, product_id: 8, open: 0.3 },
]
const order = { lines } as PurchaseOrder

function scanned(...products: number[]): Receiving {
  return products.reduce((receiving, product) => {
    const line = lineFor(order, receiving, product)
    return line ? scan(receiving, line) : receiving
  }, NOTHING)
}

describe('receiving by scans', () => {
  it('fills the lines of a product one after the other', () => {
    expect(scanned(7, 7, 7).quantities).toEqual({ 1: 2, 2: 1 })
  })

  it('counts what is more than ordered where it was ordered first, for the server to judge', () => {
    expect(scanned(7, 7, 7, 7, 7, 7).quantities).toEqual({ 1: 3, 2: 3 })
  })

  it('knows no line for what was not ordered', () => {
    expect(lineFor(order, NOTHING, 9)).toBeNull()
  })

  it('takes back the last, then the one before', () => {
    const three = scanned(7, 8, 7)
    expect(undo(three).quantities).toEqual({ 1: 1, 3: 1 })
    expect(undo(undo(undo(undo(three)))).quantities).toEqual({ 1: 0, 3: 0 })
  })

  it('takes one from what was typed over a scan, and never more than there is', () => {
    expect(undo(type(scanned(7), 1, 5)).quantities).toEqual({ 1: 4 })
    expect(undo(type(scanned(7), 1, 0)).quantities).toEqual({ 1: 0 })
  })

  it('sends what there is, and nothing of nothing', () => {
    expect(receiptOf(undo(scanned(7, 8)), ' late ')).toEqual({
      lines: [{ line_id: 1, quantity: 1 }],
      note: 'late',
    })
    expect(total(everything(order))).toBe(5.3)
  })
})
