import { describe, expect, it } from 'vitest'
import { changeOf, newProductOf, valuesOf } from './form'

const empty = valuesOf(null)

describe('what is sent', () => {
  it('has nothing that was left empty', () => {
    const values = { ...empty, name: ' Pot ', sku: 'POT-1', price: '5' }
    expect(newProductOf(values)).toEqual({ name: 'Pot', sku: 'POT-1', price: '5', unit: 'each' })
  })

  it('has opening stock of zero, which is something', () => {
    const values = { ...empty, name: 'Pot', sku: 'POT-1', price: '5', on_hand: 0, warehouse: 'MAIN' }
    expect(newProductOf(values)).toMatchObject({ on_hand: 0, warehouse: 'MAIN' })
  })

  it('has only what was changed, and null for what was emptied', () => {
    const before = { ...empty, name: 'Pot', barcode: '4006381333931', reorder_point: 5 }
    expect(changeOf(before, { ...before, barcode: '', reorder_point: '' })).toEqual({
      barcode: null,
      reorder_point: null,
    })
    expect(changeOf(before, { ...before, reorder_point: 0 })).toEqual({ reorder_point: 0 })
    expect(changeOf(before, before)).toEqual({})
  })
})
