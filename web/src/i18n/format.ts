import { useMemo } from 'react'
import { amountOf, amountText } from './amount'
import { type Language, localeOf, useLanguage } from './catalogue'
import { type NumberOptions, numberFormat } from './intl'

const MINUTE_S = 60
const HOUR_S = 3600
const DAY_S = 86_400

/** Numbers, money and times as people of the language write them. */
export interface Format {
  locale: string
  /** A quantity: at most six decimals, none added. */
  quantity(value: number): string
  /** The same with its sign: +3, −2. */
  change(value: number): string
  /** An amount, which stays the decimal text it is: no float touches it. Without a currency only the number; null is not known: –. */
  money(amount: string | null, currency: string | null): string
  /** Money for a tile: no decimals once there are thousands. */
  moneyShort(amount: string, currency: string | null): string
  /** An amount as it is filled into a field, and what one that was typed there means. */
  amountText(amount: string): string
  amountOf(typed: string): string
  percent(value: number): string
  date(value: string | Date): string
  dateTime(value: string | Date): string
  time(value: string | Date): string
  /** “5 minutes ago”, “in 3 days”. */
  relative(value: string | Date, now?: Date): string
}

export function formatFor(language: Language): Format {
  const locale = localeOf(language)
  const quantity = numberFormat(locale, { maximumFractionDigits: 6 })
  const change = numberFormat(locale, { maximumFractionDigits: 6, signDisplay: 'exceptZero' })
  const percent = numberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const money = (amount: string, currency: string | null, options: NumberOptions) => {
    const style = currency ? ({ style: 'currency', currency } as const) : {}
    // A string is formatted exactly, to the last decimal it has.
    const exact = amount as Intl.StringNumericLiteral
    return numberFormat(locale, { ...style, ...options }).format(exact)
  }
  return {
    locale,
    quantity: value => quantity.format(value),
    change: value => change.format(value).replace('-', '−'), // a minus is as wide as a plus
    money: (amount, currency) =>
      amount === null
        ? '–'
        : money(amount, currency, {
            minimumFractionDigits: decimalsOf(amount, currency),
            maximumFractionDigits: 4,
          }),
    moneyShort: (amount, currency) =>
      money(amount, currency, amount.replace(/\..*|-/g, '').length > 4 ? { maximumFractionDigits: 0 } : {}),
    amountText: amount => amountText(language, amount),
    amountOf: typed => amountOf(language, typed),
    percent: value => percent.format(value),
    date: value => date.format(new Date(value)),
    dateTime: value => dateTime.format(new Date(value)),
    time: value => time.format(new Date(value)),
    relative(value, now = new Date()) {
      const seconds = (new Date(value).getTime() - now.getTime()) / 1000
      const away = Math.abs(seconds)
      if (away < MINUTE_S) return relative.format(0, 'second') // now: it would be old when it is read
      if (away < HOUR_S) return relative.format(Math.round(seconds / MINUTE_S), 'minute')
      if (away < DAY_S) return relative.format(Math.round(seconds / HOUR_S), 'hour')
      if (away < 30 * DAY_S) return relative.format(Math.round(seconds / DAY_S), 'day')
      return date.format(new Date(value))
    },
  }
}

/** As many as are there, and as the currency has: 2 of a euro, none of a yen. */
function decimalsOf(amount: string, currency: string | null): number {
  const usual = currency ? numberFormat('en', { style: 'currency', currency }).resolvedOptions() : null
  return Math.max(usual?.minimumFractionDigits ?? 2, Math.min(4, amount.split('.')[1]?.length ?? 0))
}

/** The day where the browser is, as `2026-02-14`. */
export function today(now = new Date()): string {
  const two = (part: number) => String(part).padStart(2, '0')
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`
}

export function useFormat(): Format {
  const language = useLanguage()
  return useMemo(() => formatFor(language), [language])
}
