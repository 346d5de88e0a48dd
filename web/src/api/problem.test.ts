import { describe, expect, it } from 'vitest'
import { fieldOf, Problem } from './problem'

function answer(status: number, body: unknown, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers })
}

describe('a problem', () => {
  it('gives what is wrong to the fields it is about', async () => {
    const problem = await Problem.of(
      answer(422, {
        code: 'invalid_body',
        detail: 'two faults',
        errors: [
          { pointer: '/price', code: 'negative_amount', message: 'must not be negative' },
          { pointer: '/lines/0/sku', code: 'unknown_product', message: 'no product has it' },
        ],
      }),
    )
    expect(problem.fields).toEqual({ price: 'must not be negative', 'lines.0.sku': 'no product has it' })
    expect([problem.code, problem.refused, problem.retryable]).toEqual(['invalid_body', true, false])
  })

  it('says whether trying again can help, and when', async () => {
    const busy = await Problem.of(answer(503, { code: 'busy' }, { 'retry-after': '2' }))
    expect([busy.retryable, busy.refused, busy.retryAfterMs]).toEqual([true, false, 2000])
    const lost = Problem.network(new TypeError('Failed to fetch'))
    expect([lost.code, lost.retryable, lost.refused]).toEqual(['network', true, false])
    const defect = await Problem.of(answer(500, { code: 'internal_error' }))
    expect([defect.retryable, defect.refused]).toEqual([false, false])
  })

  it('is one also where a proxy answers with a page', async () => {
    const problem = await Problem.of(new Response('<html>', { status: 502, statusText: 'Bad Gateway' }))
    expect([problem.code, problem.message]).toEqual(['http_502', 'Bad Gateway'])
  })
})

it('reads JSON pointers and names of parameters', () => {
  expect(fieldOf('/a~1b/0/c~0d')).toBe('a/b.0.c~d')
  expect(fieldOf('?limit')).toBe('limit')
})
