import { expect, it } from 'vitest'
import { curlOf, readingOf, stateOf } from './state'

const now = new Date('2026-03-01T12:00:00Z')

it('a key is good until its end, told of before, and over once taken back', () => {
  const cases = [
    ['2026-06-01T12:00:00Z', null, 'active'],
    ['2026-03-15T12:00:00Z', null, 'active'],
    ['2026-03-15T11:59:59Z', null, 'soon'],
    ['2026-03-01T12:00:00Z', null, 'expired'],
    ['2026-06-01T12:00:00Z', '2026-02-01T12:00:00Z', 'revoked'],
    ['2026-02-01T12:00:00Z', '2026-01-01T12:00:00Z', 'revoked'],
  ] as const
  for (const [expires_at, revoked_at, state] of cases) {
    expect(stateOf({ expires_at, revoked_at }, now), `${expires_at} ${revoked_at}`).toBe(state)
  }
})

it('scopes that only look are those that read', () => {
  expect(readingOf(['products.read', 'products.write', 'stock.move', 'audit_log.read'])).toEqual([
    'products.read',
    'audit_log.read',
  ])
})

it('the line to try a key with is a whole command', () => {
  expect(curlOf('https://stock.example', 'sb_live_x')).toBe(
    "curl https://stock.example/me -H 'Authorization: Bearer sb_live_x'",
  )
})
