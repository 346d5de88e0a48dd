import type { Settings, SettingsChange } from '~/api/schema.gen'

/** The settings as they are filled in. */
export interface SettingsValues {
  /** Whether every order needs somebody’s approval, or only those above an amount. */
  approval: 'every' | 'above'
  /** A decimal text. */
  purchase_approval_above: string
  over_receipt_percent: number | string
  backdate_limit_days: number | string
  /** A time as a picker gives it, local; null: the books are open. */
  books_closed_until: string | null
  event_retention_days: number | string
}

export function valuesOf(settings: Settings): SettingsValues {
  return {
    approval: settings.purchase_approval_above == null ? 'every' : 'above',
    purchase_approval_above: settings.purchase_approval_above ?? '',
    over_receipt_percent: settings.over_receipt_percent,
    backdate_limit_days: settings.backdate_limit_days,
    books_closed_until: settings.books_closed_until ? localOf(settings.books_closed_until) : null,
    event_retention_days: settings.event_retention_days,
  }
}

/** Only what was changed, so that two people who edit different fields do not undo each other. */
export function changeOf(before: SettingsValues, now: SettingsValues): SettingsChange {
  const change: SettingsChange = {}
  const limit = (values: SettingsValues) =>
    values.approval === 'every' ? null : values.purchase_approval_above
  if (limit(now) !== limit(before)) change.purchase_approval_above = limit(now)
  for (const field of ['over_receipt_percent', 'backdate_limit_days', 'event_retention_days'] as const) {
    if (String(now[field]) !== String(before[field])) change[field] = Number(now[field])
  }
  if (now.books_closed_until !== before.books_closed_until) {
    change.books_closed_until = now.books_closed_until
      ? new Date(now.books_closed_until.replace(' ', 'T')).toISOString()
      : null
  }
  return change
}

/** What others have set meanwhile, and over it what was typed. */
export function mergedOf(before: SettingsValues, typed: SettingsValues, now: SettingsValues): SettingsValues {
  const fields = Object.keys(now) as (keyof SettingsValues)[]
  const touched = fields.filter(field => String(typed[field]) !== String(before[field]))
  return { ...now, ...Object.fromEntries(touched.map(field => [field, typed[field]])) }
}

/** `2026-11-25T10:00:00Z` as a picker has it, where the reader is: `2026-11-25 11:00:00`. */
function localOf(time: string): string {
  const moment = new Date(time)
  const part = (value: number) => String(value).padStart(2, '0')
  const day = [moment.getFullYear(), part(moment.getMonth() + 1), part(moment.getDate())].join('-')
  return `${day} ${[moment.getHours(), moment.getMinutes(), moment.getSeconds()].map(part).join(':')}`
}
