import { describe, expect, it } from 'vitest'
import { nextSort, parseProductSearch, parseProductTab } from './search'

describe('the address of the list', () => {
  it('is read, whatever the router made of it', () => {
    expect(
      parseProductSearch({ q: 123, category_id: '7', warehouse: 'MAIN', low_stock: true, sort: '-price' }),
    ).toEqual({
      q: '123',
      category_id: 7,
      warehouse: 'MAIN',
      low_stock: true,
      sort: '-price',
    })
  })

  it('is left alone where it makes no sense', () => {
    const strange = {
      q: '',
      category_id: '-1',
      warehouse: 7,
      low_stock: 'yes',
      archived: false,
      sort: 'on_hand',
    }
    expect(parseProductSearch(strange)).toEqual({})
    expect(parseProductTab({ tab: 'secrets' })).toEqual({})
  })
})

it('a column is ordered up, down, and as it was', () => {
  expect(nextSort(undefined, 'price')).toBe('price')
  expect(nextSort('price', 'price')).toBe('-price')
  expect(nextSort('-price', 'price')).toBeUndefined()
  expect(nextSort('-price', 'name')).toBe('name')
})
