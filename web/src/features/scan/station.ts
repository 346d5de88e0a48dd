import type { Location, NewStockMovement, NewStockTransfer, Product } from '~/api/schema.gen'

export const MODES = ['receive', 'issue', 'move', 'count'] as const
export type Mode = (typeof MODES)[number]

/** What the station does, and where, as it stands in the address. */
export interface StationSearch {
  mode?: Mode
  warehouse?: string
}

export function parseStation(raw: Record<string, unknown>): StationSearch {
  const mode = MODES.find(one => one === raw.mode)
  return {
    ...(mode && { mode }),
    ...(typeof raw.warehouse === 'string' && raw.warehouse !== '' && { warehouse: raw.warehouse }),
  }
}

/** What is asked of the server for one scan: the address and the body. */
export type Post =
  | { to: '/stock-movements'; body: NewStockMovement }
  | { to: '/stock-transfers'; body: NewStockTransfer }

/** Where the station works: from the first location, and in a move to the second. Without one it is the warehouse's own. */
export interface Place {
  warehouse: string
  from: Location | null
  to: Location | null
}

/** One more of this product, by this mode. A move needs to know where to; null if it does not. */
export function postFor(
  mode: Exclude<Mode, 'count'>,
  product: Product,
  quantity: number,
  place: Place,
): Post | null {
  const where = (location: Location | null) =>
    location ? { location_id: location.id } : { warehouse: place.warehouse }
  if (mode === 'move') {
    if (!place.to) return null
    const lines = [{ product_id: product.id, quantity }]
    return {
      to: '/stock-transfers',
      body: { from: where(place.from), to: where(place.to), lines, immediate: true },
    }
  }
  const kind = mode === 'receive' ? 'receipt' : 'issue'
  return {
    to: '/stock-movements',
    body: { kind, reason: 'scanned', lines: [{ product_id: product.id, quantity, ...where(place.from) }] },
  }
}
