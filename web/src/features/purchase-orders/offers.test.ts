import { describe, expect, it } from 'vitest'
import { costAt, fitOf, isAbove, nextBreak, oneMoreOf, totalOf } from './offers'

const cost = (min_quantity: number, unit_cost: string, currency = 'EUR') => ({
  min_quantity,
  unit_cost,
  currency,
  effective_from: '2026-01-01T00:00:00Z',
})
const offer = { moq: 20, order_multiple: 12, costs: [cost(100, '2.90'), cost(0, '3.50'), cost(48, '3.20')] }

describe('a cost', () => {
  it('is that of the greatest quantity at or below', () => {
    const costs = [1, 47, 48, 99, 100, 5000].map(quantity => costAt(offer, quantity, 'EUR'))
    expect(costs).toEqual(['3.50', '3.50', '3.20', '3.20', '2.90', '2.90'])
    expect(nextBreak(offer, 48, 'EUR')?.min_quantity).toBe(100)
    expect(nextBreak(offer, 100, 'EUR')).toBeNull()
  })

  it('is none in another currency, below the least quantity, or without an offer', () => {
    expect(costAt(offer, 50, 'USD')).toBeNull()
    expect(costAt({ ...offer, costs: [cost(10, '1')] }, 9, 'EUR')).toBeNull()
    expect(costAt(null, 50, 'EUR')).toBeNull()
  })
})

describe('what the supplier sells', () => {
  it('is rounded up to packs, and to the least quantity', () => {
    expect(fitOf(offer, 25)).toEqual({ quantity: 36, packs: { count: 3, of: 12 }, least: false })
    expect(fitOf(offer, 24)).toEqual({ quantity: 24, packs: { count: 2, of: 12 }, least: false })
    expect(fitOf(offer, 12)).toEqual({ quantity: 24, packs: { count: 2, of: 12 }, least: true })
    expect(fitOf({ ...offer, order_multiple: null }, 5)).toEqual({ quantity: 20, packs: null, least: true })
    expect(fitOf({ ...offer, moq: null, order_multiple: null }, 5)).toBeNull()
  })

  it('counts packs without floats', () => {
    const fiftieths = { moq: null, order_multiple: 0.02, costs: [] }
    expect(fitOf(fiftieths, 0.28)).toMatchObject({ quantity: 0.28, packs: { count: 14 } })
    expect(fitOf(fiftieths, 0.29)).toMatchObject({ quantity: 0.3 })
  })

  it('is a pack more with every scan', () => {
    expect([0, 24, 36].map(quantity => oneMoreOf(offer, quantity))).toEqual([24, 36, 48])
    expect([0, 1].map(quantity => oneMoreOf(null, quantity))).toEqual([1, 2])
  })
})

it('a total is exact to the last decimal', () => {
  const line = (quantity: number | string, unitCost: string) => ({ quantity, unitCost })
  expect(totalOf([line(3, '0.1'), line(0.1, '3')])).toBe('0.60')
  expect(totalOf([line(1_000_000, '123456789.1234')])).toBe('123456789123400.00')
  expect(totalOf([line(0.333333, '0.0003')])).toBe('0.0001')
  expect(totalOf([line('2', '3.50')])).toBe('7.00')
  expect(totalOf([])).toBe('0.00')
  expect(totalOf([line(1, '')])).toBeNull()
  expect([isAbove('500.01', '500'), isAbove('500', '500.00'), isAbove('90', '500')]).toEqual([
    true,
    false,
    false,
  ])
})
