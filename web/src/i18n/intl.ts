/** To make one of these takes longer than to use it a hundred times, and a list has a text in each cell: each is made once. */
const numbers = new Map<string, Intl.NumberFormat>()
const plurals = new Map<string, Intl.PluralRules>()

export type NumberOptions = Pick<
  Intl.NumberFormatOptions,
  'style' | 'currency' | 'minimumFractionDigits' | 'maximumFractionDigits' | 'signDisplay'
>

export function numberFormat(locale: string, options: NumberOptions = {}): Intl.NumberFormat {
  const { style, currency, minimumFractionDigits, maximumFractionDigits, signDisplay } = options
  const key = [locale, style, currency, minimumFractionDigits, maximumFractionDigits, signDisplay].join()
  return kept(numbers, key, () => new Intl.NumberFormat(locale, options))
}

export function pluralRules(locale: string): Intl.PluralRules {
  return kept(plurals, locale, () => new Intl.PluralRules(locale))
}

function kept<T>(all: Map<string, T>, key: string, make: () => T): T {
  const known = all.get(key)
  if (known !== undefined) return known
  const made = make()
  all.set(key, made)
  return made
}
