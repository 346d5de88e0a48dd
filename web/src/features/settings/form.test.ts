import { expect, it } from 'vitest'
import type { Settings } from '~/api/schema.gen'
import { changeOf, mergedOf, valuesOf } from './form'

const settings = {
  purchase_approval_above: null,
  over_receipt_percent: 0,
  backdate_limit_days: 31,
  books_closed_until: '2026-01-31T22:59:59Z',
  event_retention_days: 365,
  currency: 'EUR',
  version: 3,
} as Settings
const before = valuesOf(settings)

it('what was not touched is not sent', () => {
  expect(changeOf(before, { ...before })).toEqual({})
})

it('a limit is sent, and every order needs approval without one', () => {
  const limited = { ...before, approval: 'above' as const, purchase_approval_above: '1500.50' }
  expect(changeOf(before, limited)).toEqual({ purchase_approval_above: '1500.50' })
  expect(changeOf(limited, { ...limited, approval: 'every' })).toEqual({ purchase_approval_above: null })
})

it('the closing of the books is sent as the moment it is here', () => {
  const chosen = '2026-03-01 00:00:00'
  expect(changeOf(before, { ...before, books_closed_until: chosen })).toEqual({
    books_closed_until: new Date(2026, 2, 1).toISOString(),
  })
  expect(changeOf(before, { ...before, books_closed_until: null })).toEqual({ books_closed_until: null })
})

it('figures are numbers', () => {
  expect(changeOf(before, { ...before, over_receipt_percent: '5', backdate_limit_days: 7 })).toEqual({
    over_receipt_percent: 5,
    backdate_limit_days: 7,
  })
})

it('what others set meanwhile is taken over, and what was typed stays', () => {
  const typed = { ...before, backdate_limit_days: 7, approval: 'above' as const }
  const now = { ...before, over_receipt_percent: 5, backdate_limit_days: 90 }
  expect(mergedOf(before, typed, now)).toEqual({
    ...before,
    over_receipt_percent: 5,
    backdate_limit_days: 7,
    approval: 'above',
  })
  expect(mergedOf(before, before, now)).toEqual(now)
})
