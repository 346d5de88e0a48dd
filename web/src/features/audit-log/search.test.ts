import { expect, it } from 'vitest'
import { exportAddress, parseAuditSearch, queryOf } from './search'

it('an address that is not understood is no filter', () => {
  expect(
    parseAuditSearch({
      actor: ['Ann', 7, ''],
      action: 'user.created',
      target: '',
      from: '2026-02-40',
      to: 5,
    }),
  ).toEqual({ actor: ['Ann'], action: ['user.created'] })
})

it('days are whole days where the reader is, the last one included', () => {
  expect(queryOf({ from: '2026-03-28', to: '2026-03-29' })).toEqual({
    since: new Date(2026, 2, 28).toISOString(),
    until: new Date(2026, 2, 30).toISOString(),
  })
  expect(queryOf({ target: 'user:3' })).toEqual({ target: ['user:3'] })
})

it('what is exported is what the filter finds', () => {
  const address = exportAddress({ actor: ['Ann Lee'], action: ['user.created', 'user.updated'] }, 'csv')
  expect(address).toBe('/audit-log/export?format=csv&actor=Ann+Lee&action=user.created&action=user.updated')
})
