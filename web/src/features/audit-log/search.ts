/** What the list shows, as it stands in the address. */
export interface AuditSearch {
  /** By whom, to the letter. */
  actor?: string[]
  /** What was done. */
  action?: string[]
  /** To which one, such as `user:3`. */
  target?: string
  /** The first day, `2026-01-31`, where the reader is. */
  from?: string
  /** The last day. */
  to?: string
}

/** Reads the address; what it does not understand is left out. */
export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const search: AuditSearch = {}
  const [actor, action] = [textsOf(raw.actor), textsOf(raw.action)]
  if (actor.length > 0) search.actor = actor
  if (action.length > 0) search.action = action
  if (typeof raw.target === 'string' && raw.target !== '') search.target = raw.target
  if (isDay(raw.from)) search.from = raw.from
  if (isDay(raw.to)) search.to = raw.to
  return search
}

function textsOf(value: unknown): string[] {
  const values = Array.isArray(value) ? value : [value]
  return values.filter(one => typeof one === 'string' && one !== '')
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))
}

/** The filter as the server has it: days are whole days where the reader is. */
export interface AuditQuery {
  actor?: string[]
  action?: string[]
  target?: string[]
  since?: string
  until?: string
}

export function queryOf({ actor, action, target, from, to }: AuditSearch): AuditQuery {
  return {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(target && { target: [target] }),
    ...(from && { since: startOf(from, 0) }),
    ...(to && { until: startOf(to, 1) }),
  }
}

/** The first moment of a day, or of one so many days later. */
function startOf(day: string, daysLater: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + daysLater).toISOString()
}

/** Where all that the filter finds can be fetched. */
export function exportAddress(search: AuditSearch, format: 'csv' | 'ndjson'): string {
  const params = new URLSearchParams({ format })
  for (const [name, value] of Object.entries(queryOf(search))) {
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, one)
  }
  return `/audit-log/export?${params}`
}
