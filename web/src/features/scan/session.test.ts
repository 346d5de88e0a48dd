import { describe, expect, it } from 'vitest'
import {
  addScan,
  atPlace,
  canBe,
  isSamePlace,
  MODES,
  NEW_SESSION,
  nameLot,
  nextLot,
  type ScanPlace,
  type ScanSession,
  setQuantity,
  totalsOf,
  undoLast,
  unnamed,
  withMode,
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
const receiving: ScanSession = { ...withMode(NEW_SESSION, 'receive'), place: A }

it.each([
  ['the same label, read from the browser’s storage', A, structuredClone(A), true],
  ['the same location under a new label', A, { ...A, location: 'A-NEW' }, true],
  ['another location of the warehouse', A, B, false],
  ['a warehouse and a location in it', { ...A, locationId: null, location: null }, A, false],
  ['the same number in another warehouse', A, { ...A, warehouse: 'SHOP' }, false],
  ['nowhere and somewhere', null, A, false],
  ['nowhere twice', null, null, true],
])('%s: is it the same place?', (_, one, other, same) => {
  expect(isSamePlace(one as ScanPlace | null, other as ScanPlace | null)).toBe(same)
})

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

describe('what scans are for', () => {
  const can = (session: ScanSession) => MODES.filter(mode => canBe(session, mode))

  it('is chosen freely while nothing was scanned', () => {
    expect(can(receiving)).toEqual(MODES)
  })

  it('is for all lines the same; looking up is no purpose of lines', () => {
    const session = addScan(receiving, of(tea))
    expect(can(session)).toEqual(['lookup', 'receive'])
    const looking = withMode(session, 'lookup')
    expect(can(looking)).toEqual(['lookup', 'receive'])
    const back = withMode(looking, 'receive')
    expect([back.mode, back.lines]).toEqual(['receive', session.lines])
    expect(undoLast(back).lines).toEqual([])
  })

  it('can be anything where nobody knows what the lines were for', () => {
    const stuck: ScanSession = { ...addScan(receiving, of(tea)), mode: 'lookup', purpose: null }
    expect(can(stuck)).toEqual(MODES)
    expect(can(withMode(stuck, 'count'))).toEqual(['lookup', 'count'])
  })

  it('does not bring back what was undone of another', () => {
    const received = addScan(addScan(receiving, of(tea)), of(oil))
    const counting = withMode({ ...received, lines: [] }, 'count')
    expect(undoLast(counting).lines).toEqual([])
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

describe('a lot', () => {
  const counting: ScanSession = { ...receiving, mode: 'count' }
  const first = ({ lines: [line] }: ScanSession) => {
    if (!line) throw new Error('no line')
    return line
  }
  const two = [of(tea), of(tea)].reduce(addScan, counting)

  it('that is named is that of what was scanned, and of what comes next', () => {
    const named = addScan(nameLot(two, first(two), 'A', 5), of(tea))
    expect(named.lines.map(line => [line.lot, line.quantity, line.expected])).toEqual([['A', 3, 5]])
  })

  it('is another where somebody says so, until it is named: then two of one lot are one line', () => {
    const named = nameLot(two, first(two), 'A', 5)
    const other = addScan(nextLot(named, first(named)), of(tea))
    expect(other.lines.map(line => [line.lot, line.quantity])).toEqual([
      [null, 1],
      ['A', 2],
    ])
    expect(unnamed(other.lines).map(line => line.quantity)).toEqual([1])
    const again = nameLot(other, first(other), 'A', 5)
    expect(again.lines.map(line => [line.lot, line.quantity])).toEqual([['A', 3]])
    expect(unnamed(again.lines)).toEqual([])
    expect(undoLast(again).lines).toEqual(other.lines)
  })

  it('of one product or place asks for none of another', () => {
    const session = addScan(atPlace(addScan(nameLot(two, first(two), 'A', 5), of(oil)), B), of(oil))
    expect(unnamed(session.lines)).toEqual([])
  })
})
