import { expect, it } from 'vitest'
import type { LedgerVerification } from '~/api/schema.gen'
import { compareHeads, type Head, NOTHING_YET, parseHeads, withPart } from './verification'

const part = (products: number, next_after: string | null): LedgerVerification => ({
  checked: { products, levels: 2, movements: 3, entries: 5 },
  differences: [],
  truncated: false,
  next_after,
})

it('parts are added up until nothing is left', () => {
  const first = withPart(NOTHING_YET, part(10, 'x'))
  expect([first.finished, first.checked.products]).toEqual([false, 10])
  const both = withPart(first, part(4, null))
  expect(both).toMatchObject({
    finished: true,
    checked: { products: 14, levels: 4, movements: 6, entries: 10 },
  })
})

const head = (product_id: number, seq: number, chain: string, lot: string | null = null): Head => ({
  product_id,
  location_id: 1,
  lot,
  seq,
  chain,
})

it('noted heads show what was cut off, written anew or is gone; what has grown is no fault', () => {
  const noted = [
    head(1, 5, 'aa'),
    head(2, 5, 'bb'),
    head(3, 5, 'cc'),
    head(4, 5, 'dd'),
    head(5, 5, 'ee', 'L1'),
  ]
  const now = [head(1, 5, 'aa'), head(2, 4, 'b0'), head(3, 5, 'XX'), head(4, 9, 'd9'), head(5, 5, 'ee')]
  const found = compareHeads(noted, now)
  expect(found.mismatches.map(one => [one.head.product_id, one.kind])).toEqual([
    [2, 'shorter'],
    [3, 'other'],
    [5, 'gone'],
  ])
  expect([found.same, found.grown]).toEqual([1, 1])
})

it('a file of heads is read, and nothing else is taken for one', () => {
  const heads = [head(1, 5, 'aa')]
  expect(parseHeads(JSON.stringify({ items: heads }))).toEqual(heads)
  expect(parseHeads(JSON.stringify(heads))).toEqual(heads)
  for (const text of ['', '{}', '[{"product_id": 1}]', 'null', '[null]']) expect(parseHeads(text)).toBeNull()
})
