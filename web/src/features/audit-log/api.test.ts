import { expect, it } from 'vitest'
import { parseHead, withPart } from './api'

it('a head is a place and 64 hexadecimal digits', () => {
  const chain = 'a1'.repeat(32)
  expect(parseHead(` 80:${chain}\n`)).toEqual({ seq: 80, chain })
  for (const wrong of ['', '80', `0:${chain}`, `80:${chain}0`, `80:${'g'.repeat(64)}`, `x:${chain}`]) {
    expect(parseHead(wrong), wrong).toBeNull()
  }
})

it('parts of a verification add up, and the last head counts', () => {
  const part = (entries: number, next_after: number | null) => ({
    entries,
    waiting: 1,
    head: { seq: entries, chain: 'c'.repeat(64) },
    differences: [{ code: 'entry_changed', seq: entries, entry_id: entries, detail: '' }],
    truncated: false,
    next_after,
  })
  const first = withPart(
    { entries: 0, waiting: 0, head: null, differences: [], truncated: false, finished: false },
    part(20, 20),
  )
  const both = withPart(first, { ...part(5, null), truncated: true })
  expect([first.finished, both.finished]).toEqual([false, true])
  expect([both.entries, both.waiting, both.head?.seq, both.truncated]).toEqual([25, 1, 5, true])
  expect(both.differences.map(one => one.seq)).toEqual([20, 5])
})
