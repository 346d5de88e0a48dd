/** What the list shows, as it stands in the address. */
export interface ReplenishmentSearch {
  warehouse?: string
  supplier_id?: number
  /** Days whose demand counts. */
  window_days?: number
}

/** Days that people choose from; the server takes 30 unless one is given. */
export const WINDOWS = [7, 30, 90, 365] as const
export const WINDOW_DAYS = 30

export function parseReplenishmentSearch(raw: Record<string, unknown>): ReplenishmentSearch {
  const search: ReplenishmentSearch = {}
  if (typeof raw.warehouse === 'string' && raw.warehouse !== '') search.warehouse = raw.warehouse
  const supplier = Number(raw.supplier_id)
  if (Number.isSafeInteger(supplier) && supplier > 0) search.supplier_id = supplier
  const days = Number(raw.window_days)
  if (Number.isSafeInteger(days) && days >= 1 && days <= 365 && days !== WINDOW_DAYS)
    search.window_days = days
  return search
}
