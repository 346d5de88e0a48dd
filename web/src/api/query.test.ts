import { expect, it } from 'vitest'
import { Problem } from './problem'
import { again } from './query'

const busy = (retryAfterMs: number | null) =>
  new Problem(429, 'too_many_requests', 'wait', [], {}, retryAfterMs)

it.each([
  ['a server that is busy', busy(null), true],
  ['one that asks for a moment', busy(8000), true],
  ['one that asks for longer than anybody waits', busy(60_000), false],
  ['a lost connection', Problem.network(new Error('gone')), true],
  ['a refusal', new Problem(409, 'duplicate_sku', 'taken'), false],
])('%s: tried again by itself: %s', (_, problem, expected) => {
  expect(again(0, problem)).toBe(expected)
})

it('ends at some time', () => {
  expect([3, 4].map(count => again(count, busy(null)))).toEqual([true, false])
})
