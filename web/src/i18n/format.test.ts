import { afterEach, describe, expect, it, vi } from 'vitest'
import { formatFor, today } from './format'
import { numberFormat } from './intl'

const en = formatFor('en')
const de = formatFor('de')
/** Intl puts no-break spaces, of two kinds. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

afterEach(() => void vi.unstubAllEnvs())

it.each([
  ['Europe/Berlin', '2026-01-31T23:30:00Z', '2026-02-01'],
  ['America/New_York', '2026-01-01T02:00:00Z', '2025-12-31'],
  ['UTC', '2026-01-31T23:30:00Z', '2026-01-31'],
])('today is the day of the place: in %s at %s it is %s', (zone, moment, expected) => {
  vi.stubEnv('TZ', zone)
  expect(today(new Date(moment))).toBe(expected)
})

it('numbers are written by one for their language, currency and decimals, which is made once', () => {
  const euros = (maximumFractionDigits: number) => ({
    style: 'currency' as const,
    currency: 'EUR',
    maximumFractionDigits,
  })
  expect(numberFormat('de-DE', euros(2))).toBe(numberFormat('de-DE', euros(2)))
  const written = [
    numberFormat('de-DE', euros(2)),
    numberFormat('de-DE', euros(4)),
    numberFormat('en-GB', euros(2)),
    numberFormat('de-DE', { ...euros(2), currency: 'USD' }),
    numberFormat('de-DE'),
  ].map(one => plain(one.format(1234.5678)))
  expect(written).toEqual(['1.234,57 €', '1.234,5678 €', '€1,234.57', '1.234,57 $', '1.234,568'])
})

describe('money', () => {
  it('keeps every decimal of amounts that no float can hold', () => {
    expect(plain(de.money('12345678901234567.0001', 'EUR'))).toBe('12.345.678.901.234.567,0001 €')
    expect(plain(de.money('0.1', 'EUR'))).toBe('0,10 €')
    expect(de.money(null, 'EUR')).toBe('–')
    expect(plain(de.money('19.9900', 'EUR'))).toBe('19,9900 €')
  })

  it('has the decimals of its currency', () => {
    expect(plain(en.money('117568', 'JPY'))).toMatch(/117,568$/)
    expect(plain(de.money('5.25', 'JPY'))).toBe('5,25 ¥')
    expect(plain(de.money('1.5', 'KWD'))).toBe('1,500 KWD')
    expect(plain(de.money('5', null))).toBe('5,00')
  })

  it('has no decimals on a tile once there are many thousands', () => {
    expect(plain(de.moneyShort('123456.78', 'EUR'))).toBe('123.457 €')
    expect(plain(de.moneyShort('99.50', 'EUR'))).toBe('99,50 €')
  })
})

describe('a quantity', () => {
  it('has the decimals it has', () => {
    expect(de.quantity(1234.5)).toBe('1.234,5')
    expect(de.quantity(999999999.999999)).toBe('999.999.999,999999')
  })

  it('shows its sign as a change', () => {
    expect(en.change(3)).toBe('+3')
    expect(en.change(-2)).toBe('−2')
    expect(en.change(0)).toBe('0')
  })
})

describe('a time', () => {
  const now = new Date('2026-06-15T12:00:00Z')

  it('is told from now while that is short', () => {
    expect(en.relative('2026-06-15T11:55:00Z', now)).toBe('5 minutes ago')
    expect([en, de].map(one => one.relative('2026-06-15T11:59:31Z', now))).toEqual(['now', 'jetzt'])
    expect(de.relative('2026-06-18T12:00:00Z', now)).toBe('in 3 Tagen')
    expect(en.relative('2026-01-01T12:00:00Z', now)).toContain('2026')
  })
})
