import { afterEach, expect, it, vi } from 'vitest'
import type { Work } from './jobs'
import { allJobs, enqueue, removeJob, replaceJob } from './queue'

const place = { warehouse: 'MAIN', locationId: 7, location: 'A' }
const line = { code: 'TEA', product: { id: 1, sku: 'TEA', name: 'Tea', unit: 'each' }, quantity: 9, place }
const count = (expected: number): Work => ({ kind: 'count', line, expected, reason: 'count' })
const expectations = () => allJobs().map(({ work }) => work.kind === 'count' && work.expected)

afterEach(() => {
  vi.restoreAllMocks()
  for (const job of allJobs()) removeJob(job)
})

it('what is decided anew takes the place of what was refused, with a key of its own', () => {
  const refused = enqueue(count(12), 'me')
  const decided = replaceJob(refused, count(10))
  expect(expectations()).toEqual([10])
  expect(decided.key).not.toBe(refused.key)
  expect(decided.owner).toBe('me')
})

it('what was refused stays where the browser has no room for what is decided', () => {
  const refused = enqueue(count(12), 'me')
  vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  expect(() => replaceJob(refused, count(10))).toThrow('full')
  expect(expectations()).toEqual([12])
})

it('two scans within a millisecond keep their order', () => {
  vi.spyOn(Date, 'now').mockReturnValue(1_700_000_000_000)
  for (const expected of [3, 1, 2]) enqueue(count(expected), 'me')
  expect(expectations()).toEqual([3, 1, 2])
})
