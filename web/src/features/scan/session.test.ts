import { describe, expect, it } from 'vitest'
import {
  addScan,
  atPlace,
  NEW_SESSION,
  type ScanPlace,
  type ScanSession,
  setQuantity,
  totalsOf,
  undoLast,
} from './session'

const A: ScanPlace = { warehouse: 'MAIN', locationId: 1, location: 'A' }
const B: ScanPlace = { warehouse: 'MAIN', locationId: 2, location: 'B' }
const tea = { id: 1, sku: 'TEA', name: 'Tea', unit: 'each' }
const oil = { id: 2, sku: 'OIL', name: 'Oil', unit: 'l' }
const of = (product: typeof tea, quantity = 1) => ({
  code: product.sku,
  product,
  quantity,
  expected: null,
})
const receiving: ScanSession = { ...NEW_SESSION, mode: 'receive', place: A }

describe('a scan', () => {
  it('counts its product up, and stands first', () => {
    const session = [of(tea), of(oil, 0.1), of(oil, 0.2), of(tea)].reduce(addScan, receiving)
    expect(session.lines.map(line => [line.product?.sku, line.quantity])).toEqual([
      ['TEA', 2],
      ['OIL', 0.3], // no float shows
    ])
    expect(totalsOf(session.lines)).toEqual({ units: 2.3, products: 2 })
  })

  it('at another place is another line', () => {
    const session = addScan(atPlace(addScan(receiving, of(tea)), B), of(tea))
    expect(session.lines.map(line => [line.place?.location, line.quantity])).toEqual([
      ['B', 1],
      ['A', 1],
    ])
    expect(totalsOf(session.lines)).toEqual({ units: 2, products: 1 })
  })

  it('is undone one by one, down to nothing', () => {
    const session = [of(tea), of(tea), of(oil)].reduce(addScan, receiving)
    const units = [session, undoLast(session), undoLast(undoLast(session))].map(
      one => totalsOf(one.lines).units,
    )
    expect(units).toEqual([3, 2, 1])
    expect(undoLast(undoLast(undoLast(undoLast(session)))).lines).toEqual([])
  })
})

it('a count of nothing stays, nothing received does not', () => {
  const session = addScan(receiving, of(tea, 5))
  const [line] = session.lines
  if (!line) throw new Error('no line')
  expect(setQuantity(session, line, 0).lines).toEqual([])
  const counting = setQuantity({ ...session, mode: 'count' }, line, 0)
  expect(counting.lines.map(one => one.quantity)).toEqual([0])
})

it('to move, the first label is where things leave, the next ones where they go', () => {
  const moving = atPlace(atPlace({ ...NEW_SESSION, mode: 'move' }, A), B)
  expect([moving.place?.location, moving.to?.location]).toEqual(['A', 'B'])
  const C = { ...B, locationId: 3, location: 'C' }
  expect(atPlace(moving, C).to?.location).toBe('C')
})
