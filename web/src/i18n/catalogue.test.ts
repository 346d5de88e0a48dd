import { describe, expect, it } from 'vitest'
import { type Catalogue, defineTexts, type Text, type Texts, translate } from './catalogue'

const modules = import.meta.glob<Record<string, unknown>>(
  ['../**/texts.ts', '../**/*Texts.ts', '../ui/*.ts', '../app/navigation.ts'],
  { eager: true },
)

function isCatalogue(value: unknown): value is Catalogue<Texts> {
  return typeof value === 'object' && value !== null && 'en' in value && 'de' in value
}

const catalogues = Object.entries(modules).flatMap(([file, exports]) =>
  Object.entries(exports)
    .filter((entry): entry is [string, Catalogue<Texts>] => isCatalogue(entry[1]))
    .map(([id, catalogue]) => ({ file, id, name: `${file} ${id}`, catalogue })),
)

const sources = Object.entries(
  import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*', '!../**/*.gen.d.ts'], {
    eager: true,
    query: '?raw',
    import: 'default',
  }),
)

const ROLES = ['viewer', 'operator', 'buyer', 'manager', 'admin']
/** Texts that no page reads by name: their keys are values of the API, or of a list that is kept elsewhere. */
const BY_VALUE: Readonly<Record<string, readonly string[]>> = {
  apiKeyTexts: ['active', 'soon', 'expired', 'revoked'],
  ledgerTexts: ['gone', 'shorter', 'other'],
  movementTexts: ['adjustment'],
  orderStatusTexts: ['approved', 'rejected', 'cancelled'],
  orderTexts: [...ROLES, 'submit', 'order'],
  reservationTexts: ['fulfilled', 'released', 'expired'],
  roleMeanings: ROLES,
  stockTexts: ['hour', 'day', 'week'],
}

function placeholders(text: Text): string[] {
  const whole = typeof text === 'string' ? text : text.other
  return [...whole.matchAll(/\{(\w+)\}/g)].map(match => match[1] ?? '').sort()
}

describe('the catalogues', () => {
  it('are found', () => {
    expect(catalogues.length).toBeGreaterThanOrEqual(13)
  })

  it.each(catalogues)(
    '$name: German has the keys, values and plurals of English',
    ({ catalogue: { en, de } }) => {
      expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort())
      for (const key of Object.keys(en)) {
        const [english, german] = [en[key] as Text, de[key] as Text]
        expect(typeof german, key).toBe(typeof english)
        expect(placeholders(german), key).toEqual(placeholders(english))
      }
    },
  )
})

it.each(catalogues)('$name: every text is read', ({ file, id, catalogue }) => {
  const named = new RegExp(`\\b${id}\\b`)
  const readers = sources.filter(([, source]) => named.test(source)).map(([, source]) => source)
  expect(readers.length, file).toBeGreaterThan(0)
  const isRead = (key: string) => readers.some(source => source.includes(`'${key}'`))
  const byValue = BY_VALUE[id] ?? []
  const unread = Object.keys(catalogue.en).filter(key => !isRead(key) && !byValue.includes(key))
  expect(unread).toEqual([])
})

describe('a text', () => {
  const texts = defineTexts({
    en: { rows: { one: '{count} row of {name}', other: '{count} rows of {name}' } },
    de: { rows: { one: '{count} Zeile von {name}', other: '{count} Zeilen von {name}' } },
  })

  it('follows the plural and the numbers of its language', () => {
    expect(translate('en', texts.en.rows, { count: 1, name: 'A' })).toBe('1 row of A')
    expect(translate('en', texts.en.rows, { count: 0, name: 'A' })).toBe('0 rows of A')
    expect(translate('de', texts.de.rows, { count: 12000, name: 'A' })).toBe('12.000 Zeilen von A')
  })

  it('takes values as they are, also those that look like values', () => {
    expect(translate('en', texts.en.rows, { count: 2, name: '{count}' })).toBe('2 rows of {count}')
  })
})
