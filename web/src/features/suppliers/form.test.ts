import { expect, it } from 'vitest'
import type { Supplier } from '~/api/schema.gen'
import { changeOf, costsOf, supplierOf, valuesOf } from './form'

const acme = {
  code: 'ACME',
  name: 'Acme',
  currency: 'EUR',
  lead_time_days: 14,
  email: 'orders@acme.example',
  address: '1 Dock Road',
} as Supplier

it('a new supplier has what was filled in, and no more', () => {
  const values = { ...valuesOf(null), code: ' ACME ', name: 'Acme', currency: 'eur', lead_time_days: 14 }
  expect(supplierOf(values)).toEqual({ code: 'ACME', name: 'Acme', currency: 'EUR', lead_time_days: 14 })
})

it('a change has only what was changed; what is emptied is taken away', () => {
  const before = valuesOf(acme)
  expect(changeOf(before, before)).toEqual({})
  expect(
    changeOf(before, { ...before, name: 'Acme Ltd ', lead_time_days: '', email: '', address: '' }),
  ).toEqual({
    name: 'Acme Ltd',
    lead_time_days: null,
    email: null,
    address: '',
  })
})

it('a price by quantity that is not filled in is left out', () => {
  expect(
    costsOf([
      { min_quantity: '', unit_cost: '12.5' },
      { min_quantity: 100, unit_cost: '11.90' },
      { min_quantity: 500, unit_cost: '' },
    ]),
  ).toEqual([
    { min_quantity: 0, unit_cost: '12.5' },
    { min_quantity: 100, unit_cost: '11.90' },
  ])
})
