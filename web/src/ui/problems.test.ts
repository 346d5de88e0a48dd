import { expect, it } from 'vitest'
import { Problem } from '~/api/problem'
import { problemText } from './problems'

const refusal = (status: number, code: string, body = {}) => new Problem(status, code, 'a detail', [], body)

it.each([
  [refusal(403, 'permission_denied', { permission: 'stock.move' }), 'it needs stock.move'],
  [refusal(403, 'warehouse_denied'), 'limited to other warehouses'],
  [refusal(403, 'invalid_token'), 'a detail'],
  [refusal(412, 'version_conflict'), 'Somebody changed this meanwhile'],
])('a refusal is told in words: %s', (problem, expected) => {
  expect(problemText(problem)).toContain(expected)
})
