import { expect, it } from 'vitest'
import type { User } from '~/api/schema.gen'
import { changeOf, userOf, valuesOf } from './form'

const anna = {
  id: 3,
  name: 'Anna',
  email: 'anna@example.com',
  role: 'operator',
  warehouses: ['NORTH', 'MAIN'],
  version: 4,
} as User

it('what was not touched is not sent, and the order of warehouses is no change', () => {
  const before = valuesOf(anna)
  expect(changeOf(before, { ...before })).toEqual({})
  expect(changeOf(before, { ...before, name: ' Anna ', warehouses: ['MAIN', 'NORTH'] })).toEqual({})
})

it('who may work everywhere again has null for warehouses, whatever was chosen before', () => {
  const before = valuesOf(anna)
  expect(changeOf(before, { ...before, where: 'everywhere' })).toEqual({ warehouses: null })
  expect(changeOf(before, { ...before, warehouses: ['MAIN'] })).toEqual({ warehouses: ['MAIN'] })
})

it('who is limited to no warehouse at all is left to the server to refuse', () => {
  const values = { ...valuesOf(null), name: ' Ben ', email: 'ben@example.com ', where: 'some' as const }
  expect(userOf(values)).toEqual({
    name: 'Ben',
    email: 'ben@example.com',
    role: 'operator',
    warehouses: [],
  })
})
