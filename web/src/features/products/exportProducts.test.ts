import { expect, it, vi } from 'vitest'
import { readProducts } from './api'
import { exportList } from './exportProducts'

vi.mock('./api', () => ({ readProducts: vi.fn() }))
vi.mock('./csv', () => ({ csvOf: () => '', saveFile: () => {} }))

/** A list of so many products, in pages of 200. */
function listOf(total: number): void {
  let read = 0
  vi.mocked(readProducts).mockImplementation(async () => {
    const items = Array.from({ length: Math.min(200, total - read) }, () => ({}))
    read += items.length
    return { items, next_cursor: read < total ? 'more' : null } as never
  })
}

it.each([
  [0, { count: 0, whole: true }],
  [201, { count: 201, whole: true }],
  [50_000, { count: 50_000, whole: true }],
  [50_001, { count: 50_000, whole: false }],
])('an export of %d products says whether there are more', async (total, expected) => {
  listOf(total)
  expect(await exportList({}, [])).toEqual(expected)
})
