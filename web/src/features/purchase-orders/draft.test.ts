import { describe, expect, it } from 'vitest'
import type { PurchaseOrder } from '~/api/schema.gen'
import { changeOf, type Draft, draftOf, editLine, isSameDraft, keyFor, linesOf } from './draft'
import { differences, merge } from './merge'

const order = {
  warehouse: 'MAIN',
  expected_on: '2026-02-14',
  note: 'call first',
  lines: [
    { product_id: 7, sku: 'KET', name: 'Kettle', quantity: 12, unit_cost: '3.50', expected_on: null },
    { product_id: 8, sku: 'POT', name: 'Pot', quantity: 2.5, unit_cost: '10.00', expected_on: '2026-03-01' },
    { product_id: 7, sku: 'KET', name: 'Kettle', quantity: 5, unit_cost: '3.40', expected_on: '2026-04-01' },
  ],
} as PurchaseOrder
const base = draftOf(order)

describe('a draft', () => {
  it('names two lines of one product by their order', () => {
    expect(base.lines.map(line => line.key)).toEqual(['7#0', '8#0', '7#1'])
    expect(keyFor(base.lines, 7)).toBe('7#2')
    expect(keyFor([], 9)).toBe('9#0')
  })

  it('sends only what differs, a cost that is written another way not at all', () => {
    expect(changeOf(base, editLine(base, '7#0', { unitCost: '3.5' }))).toEqual({})
    expect(isSameDraft(base, { ...base, note: 'call first ' })).toBe(true)
    expect(changeOf(base, { ...base, expectedOn: null, note: '' })).toEqual({ expected_on: null, note: '' })
    expect(changeOf(base, { ...base, lines: base.lines.slice(0, 1) })).toEqual({
      lines: [{ product_id: 7, quantity: 12, unit_cost: '3.50' }],
    })
  })

  it('sends what was typed, and leaves a cost that was not to the server', () => {
    const draft = editLine(editLine(base, '7#0', { quantity: '24', unitCost: '' }), '8#0', {
      unitCost: '1234.5',
    })
    expect(linesOf(draft).slice(0, 2)).toEqual([
      { product_id: 7, quantity: 24 },
      { product_id: 8, quantity: 2.5, unit_cost: '1234.5', expected_on: '2026-03-01' },
    ])
  })
})

describe('two people who edit one draft', () => {
  const line = (draft: Draft, key: string, quantity: number) => editLine(draft, key, { quantity })

  it('do not meet where they change different things', () => {
    const mine = { ...line(base, '7#0', 20), note: 'mine' }
    const theirs = { ...line(base, '8#0', 3), expectedOn: '2026-05-01' }
    const found = differences(base, mine, theirs)
    expect(found.map(one => [one.id, one.clash])).toEqual([
      ['expectedOn', false],
      ['8#0', false],
    ])
    const both = merge(base, mine, theirs, {})
    expect([both.note, both.expectedOn]).toEqual(['mine', '2026-05-01'])
    expect(both.lines.map(one => one.quantity)).toEqual([20, 3, 5])
  })

  it('meet where both change one line: it is as here until somebody chooses', () => {
    const [mine, theirs] = [line(base, '7#0', 20), line(base, '7#0', 30)]
    expect(differences(base, mine, theirs).map(one => [one.id, one.clash])).toEqual([['7#0', true]])
    expect(merge(base, mine, theirs, {}).lines[0]?.quantity).toBe(20)
    expect(merge(base, mine, theirs, { '7#0': 'theirs' }).lines[0]?.quantity).toBe(30)
  })

  it('have the same where they changed it to the same', () => {
    const mine = line(base, '7#0', 20)
    expect(differences(base, mine, mine)).toEqual([])
  })

  it('add and remove lines: what one removed and the other changed is asked', () => {
    const pan = {
      key: '9#0',
      product: { id: 9, sku: 'PAN', name: 'Pan' },
      quantity: 1,
      unitCost: '5',
      expectedOn: null,
    }
    const mine = { ...line(base, '8#0', 9), lines: [...line(base, '8#0', 9).lines, pan] }
    const theirs = { ...base, lines: base.lines.filter(one => one.key !== '8#0') }
    expect(differences(base, mine, theirs).map(one => [one.id, one.clash])).toEqual([['8#0', true]])
    expect(merge(base, mine, theirs, {}).lines.map(one => one.key)).toEqual(['7#0', '7#1', '8#0', '9#0'])
    const without = merge(base, mine, theirs, { '8#0': 'theirs' })
    expect(without.lines.map(one => one.key)).toEqual(['7#0', '7#1', '9#0'])
    // And the other way round: a line that was removed here, untouched there, stays away.
    expect(merge(base, theirs, { ...base, note: 'x' }, {}).lines.map(one => one.key)).toEqual(['7#0', '7#1'])
  })
})
