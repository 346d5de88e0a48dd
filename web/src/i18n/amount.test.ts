import { describe, expect, it } from 'vitest'
import { amountOf, amountText } from './amount'

describe('an amount that is typed', () => {
  it.each([
    // typed, in English, in German
    ['19.99', '19.99', '19.99'],
    ['19,99', '19.99', '19.99'],
    ['1,234.50', '1234.50', '1234.50'],
    ['1.234,50', '1234.50', '1234.50'],
    ['1,234,567', '1234567', '1234567'],
    ['1.234.567', '1234567', '1234567'],
    ['1.234.567,8', '1234567.8', '1234567.8'],
    ['1,234', '1234', '1.234'],
    ['1.234', '1.234', '1234'],
    ['12.345', '12.345', '12345'],
    ['0.125', '0.125', '0.125'],
    ['0,125', '0.125', '0.125'],
    ['1234.567', '1234.567', '1234.567'],
    ['1234,567', '1234.567', '1234.567'],
    [' 1 234,5 ', '1234.5', '1234.5'],
    ['1\u00a0234,5', '1234.5', '1234.5'],
    ['−10', '-10', '-10'],
    ['-2,5', '-2.5', '-2.5'],
    ['7', '7', '7'],
    ['', '', ''],
    // what is no number stays what it is
    ['abc', 'abc', 'abc'],
    ['1,', '1,', '1,'],
    ['1,23,4', '1,23,4', '1,23,4'],
    ['1.2.3', '1.2.3', '1.2.3'],
  ])('%j is %j in English and %j in German', (typed, english, german) => {
    expect([amountOf('en', typed), amountOf('de', typed)]).toEqual([english, german])
  })

  it('is written as people of the language do', () => {
    expect(amountText('de', '1234.50')).toBe('1234,50')
    expect(amountText('en', '1234.50')).toBe('1234.50')
    expect(amountText('de', '')).toBe('')
  })

  it('is the same again after it was shown in a field, whatever it is', () => {
    for (let units = 0; units < 30_000; units += 7) {
      for (let decimals = 0; decimals <= 4; decimals++) {
        const digits = String(units).padStart(decimals + 1, '0')
        const cut = digits.length - decimals
        const amount = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
        for (const language of ['en', 'de'] as const) {
          expect(amountOf(language, amountText(language, amount))).toBe(amount)
        }
      }
    }
  })
})
