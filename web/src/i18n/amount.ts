import type { Language } from './catalogue'

/** What stands before the decimals, and between the thousands. */
const MARKS = { en: { decimal: '.', thousands: ',' }, de: { decimal: ',', thousands: '.' } } as const

export function decimalMark(language: Language): string {
  return MARKS[language].decimal
}

/** A decimal text as the API has it, `1234.5`, as it is filled into a field: “1234,5” in German. */
export function amountText(language: Language, amount: string): string {
  return amount.replace('.', MARKS[language].decimal)
}

/**
 * What somebody typed as the decimal text that the API takes. Both ways of writing are read wherever they can mean only one
 * thing: “1.234,50” and “1,234.50” are 1234.50 everywhere, “12.5” and “12,5” are 12.5. Three digits behind the mark that stands
 * between thousands are thousands: “1.234” is 1234 in German and 1.234 in English. What is no number is left for the server to
 * refuse at its field.
 */
export function amountOf(language: Language, typed: string): string {
  const text = typed.replaceAll(/\s/g, '').replace('−', '-')
  const { decimal, thousands } = MARKS[language]
  for (const [before, between] of [
    [decimal, thousands],
    [thousands, decimal],
  ] as const) {
    const grouped = new RegExp(`^-?[1-9]\\d{0,2}(\\${between}\\d{3})+(\\${before}\\d+)?$`)
    // One mark alone is between thousands only where the language says so.
    const sure = between === thousands || text.includes(before) || text.split(between).length > 2
    if (sure && grouped.test(text)) return text.replaceAll(between, '').replace(before, '.')
    if (new RegExp(`^-?\\d+\\${before}\\d+$`).test(text)) return text.replace(before, '.')
  }
  return text
}
