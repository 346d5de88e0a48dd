/** What the list shows, as it stands in the address. */
export interface ReceiptSearch {
  purchase_order_id?: number
  supplier_id?: number
  /** The first day, as `2026-02-01`. */
  from?: string
  /** The last day. */
  to?: string
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Reads the address; what it does not understand is left out. */
export function parseReceiptSearch(raw: Record<string, unknown>): ReceiptSearch {
  const search: ReceiptSearch = {}
  const [order, supplier] = [Number(raw.purchase_order_id), Number(raw.supplier_id)]
  if (Number.isSafeInteger(order) && order > 0) search.purchase_order_id = order
  if (Number.isSafeInteger(supplier) && supplier > 0) search.supplier_id = supplier
  if (isDay(raw.from)) search.from = raw.from
  if (isDay(raw.to)) search.to = raw.to
  return search
}

function isDay(value: unknown): value is string {
  return typeof value === 'string' && DAY.test(value) && !Number.isNaN(new Date(value).getTime())
}

/** The moments between which the days are, here where the person is: the last day is in it whole. */
export function momentsOf({ from, to }: ReceiptSearch): { since?: string; until?: string } {
  return {
    ...(from && { since: midnight(from, 0) }),
    ...(to && { until: midnight(to, 1) }),
  }
}

function midnight(day: string, after: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + after).toISOString()
}
