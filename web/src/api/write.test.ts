import { describe, expect, it } from 'vitest'
import { Problem } from './problem'
import { afterFailure, intentFor } from './write'

const lost = Problem.network(new Error('gone'))
const unknown = new Problem(503, 'outcome_unknown', 'it may have happened')
const refused = new Problem(409, 'insufficient_stock', 'only 2')

describe('the key of an intent', () => {
  it('stays the same while nobody knows how it ended', () => {
    const first = intentFor(null, { delta: 1 })
    for (const error of [lost, unknown, new Problem(500, 'internal_error', 'a defect')]) {
      expect(intentFor(afterFailure(first, error), { delta: 1 }).key).toBe(first.key)
    }
  })

  it('is new once it was refused: the same may be wanted again, and succeed', () => {
    const first = intentFor(null, { delta: 1 })
    expect(intentFor(afterFailure(first, refused), { delta: 1 }).key).not.toBe(first.key)
  })

  it('is new for another input', () => {
    const first = intentFor(null, { delta: 1 })
    expect(intentFor(afterFailure(first, lost), { delta: 2 }).key).not.toBe(first.key)
  })
})
